"""The members' report: each card of the live program once, with its account and its holder's name."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.problem import UpstreamUnavailable
from kit.identity import Caller
from kit.ids import uuid7
from ledger.statistics import members

REPORT = "/api/v1/vendor/loyalty/reports/members"


@pytest.fixture
def pages(world: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """`await pages()`: all pages of two rows, as an owner gets them; cards knows every holder."""
    monkeypatch.setattr(members, "PAGE_ROWS", 2)

    async def holders(_: Any, path: str, body: Any) -> dict[str, Any]:
        assert path == "/internal/holders"
        holder = {"first_name": "Ana", "last_name": "Weber", "enrolled_at": "2026-11-20T10:00:00.000000Z"}
        return dict.fromkeys(body["card_ids"], holder)

    monkeypatch.setattr("kit.http.Peer.post", holders)

    async def do(**asked: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        async with world.http(Caller("owner", world.merchant_id, user_id=uuid7())) as http:
            while not found or found[-1]["after"]:
                after = {"after": found[-1]["after"]} if found else {}
                answer = await http.get(REPORT, params={**asked, **after})
                assert answer.status_code == 200, answer.text
                found.append(answer.json())
        return found

    return do


async def test_each_member_is_told_once_with_the_account_as_it_is(world: Any, pages: Any) -> None:
    cards = [await world.card() for _ in range(5)]
    await world.stamp(cards[0])

    found = await pages()

    rows = [row for page in found for row in page["rows"]]
    assert [len(page["rows"]) for page in found] == [2, 2, 1]
    assert [row["card_number"].replace("-", "") for row in rows] == [card.card_number for card in cards]
    assert [row["stamp_count"] for row in rows] == [1, 0, 0, 0, 0]
    assert {(row["first_name"], row["status"]) for row in rows} == {("Ana", "active")}
    assert rows[0]["last_activity_at"] is not None
    assert all(page["missing"] == [] for page in found)


async def test_names_that_cannot_be_had_are_missing_and_never_made_up(
    world: Any, pages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.card()

    async def silent(*_: Any) -> None:
        raise UpstreamUnavailable

    monkeypatch.setattr("kit.http.Peer.post", silent)

    (found,) = await pages()

    assert found["missing"] == [{"part": "names", "reason": "upstream-unavailable"}]
    assert [(row["first_name"], row["stamp_count"]) for row in found["rows"]] == [(None, 0)]


async def test_a_store_narrows_members_to_those_who_enrolled_there(
    counting: Any, world: Any, pages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def nobody(*_: Any) -> None:
        return None

    monkeypatch.setattr("kit.http.Peer.get", nobody)
    card = await world.card(enrolled_at_store_id=world.store_id)
    counting.cards = [card, await world.card(enrolled_at_store_id=world.other_store_id)]
    await counting.count()

    here = await pages(store_id=str(world.store_id))
    async with world.http(Caller("owner", world.merchant_id, user_id=uuid7())) as http:
        nowhere = await http.get(REPORT, params={"store_id": str(uuid7())})
        turned = await http.get(REPORT, params={"from": "2026-02-02", "to": "2026-02-01"})

    assert [row["card_number"].replace("-", "") for row in here[0]["rows"]] == [card.card_number]
    assert nowhere.json()["code"] == "store-not-found"
    assert turned.json()["errors"][0]["field"] == "from"
