"""When a terminal called last reaches auth-pins, without a word for each request."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from gateway.edge import last_use
from gateway.edge.last_use import PATH, LastUse
from kit.http import Peer, Upstream
from kit.ids import now

from .conftest import VENDOR


@pytest.fixture
async def notes(house: Any) -> Any:
    """As the gateway makes it, told by hand."""
    upstream = Upstream("auth-pins", f"unix:{house.auth_pins.socket}")
    yield LastUse(Peer(upstream, house.service.signer))
    await upstream.close()


def told(house: Any) -> list[dict[str, str]]:
    return [seen.json()["used"] for seen in house.auth_pins.asked if seen.path == PATH]


async def test_a_terminal_that_calls_is_noted_once_for_many_requests(make_house, monkeypatch):
    noted = []
    monkeypatch.setattr(LastUse, "note", lambda self, terminal_id: noted.append(terminal_id))
    house = make_house()

    async with house.as_till() as till:
        for _ in range(5):
            await till.get(f"{VENDOR}/program")
    async with house.as_owner() as owner:
        await owner.get(f"{VENDOR}/program")

    assert set(noted) == {house.terminal.id}
    assert len(noted) <= 2  # once more where what it rests on was heard of meanwhile


async def test_notes_are_told_once_with_the_latest_time(house, notes):
    terminal, other = uuid4(), uuid4()
    for terminal_id in (terminal, other, terminal):
        notes.note(terminal_id)

    assert [await notes.tell() for _ in range(2)] == [True, False]

    (used,) = told(house)
    assert list(used) == [str(other), str(terminal)]
    assert all(now() - datetime.fromisoformat(at) < timedelta(seconds=10) for at in used.values())


async def test_while_auth_pins_is_away_notes_are_kept(house, notes):
    notes.note(house.terminal.id)
    house.auth_pins.answer("POST", PATH, (503, {}, {}), (200, {}, {}))

    assert not await notes.tell()
    assert await notes.tell()
    assert [list(used) for used in told(house)] == [[str(house.terminal.id)]] * 2


async def test_no_more_than_a_bound_is_remembered_or_told_at_once(house, notes, monkeypatch):
    monkeypatch.setattr(last_use, "REMEMBERED", 5)
    monkeypatch.setattr(last_use, "TOLD_AT_ONCE", 2)
    ids = [uuid4() for _ in range(7)]
    for terminal_id in ids:
        notes.note(terminal_id)

    while await notes.tell():
        pass

    assert [len(used) for used in told(house)] == [2, 2, 1]
    assert [name for used in told(house) for name in used] == [str(i) for i in ids[2:]]
