"""Terminals over time: when they called last, keys that end, and how many there are."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from kit.ids import instant_text, now, uuid7

from .conftest import ADMIN, PIN, VENDOR, House, Till, code_of, post

USED = "/internal/terminals/used"


async def tell(house: House, **times: datetime) -> Any:
    used = {terminal_id: instant_text(at) for terminal_id, at in times.items()}
    return await house.peer("gateway").post(USED, json={"used": used})


async def last_used_at(house: House, till: Till) -> str | None:
    seen: str | None = (await house.owner.get(f"{VENDOR}/terminals/{till.id}")).json()["last_used_at"]
    return seen


async def test_a_terminal_shows_when_it_called_last_and_never_goes_back(house, till):
    at = now() - timedelta(minutes=5)
    assert await last_used_at(house, till) is None

    await tell(house, **{str(till.id): at})
    await tell(house, **{str(till.id): at - timedelta(minutes=1)})

    assert await last_used_at(house, till) == instant_text(at)
    assert len(await house.facts("terminal")) == 1


async def test_a_clock_that_is_ahead_cannot_make_it_later_than_now(house, till):
    answer = await tell(house, **{str(till.id): now() + timedelta(days=1), str(uuid7()): now()})

    assert answer.json() == {"noted": 2}
    seen = await last_used_at(house, till)
    assert seen is not None
    assert datetime.fromisoformat(seen) <= now()


async def test_two_gateways_that_tell_of_many_at_once_do_not_deadlock(house):
    tills = [await house.new_till() for _ in range(5)]
    ids = [str(till.id) for till in tills]
    orders = [ids, ids[::-1]] * 5

    answers = await asyncio.gather(*(tell(house, **dict.fromkeys(order, now())) for order in orders))

    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("used", [{"x": "2026-01-01T00:00:00Z"}, {str(uuid7()): "yesterday"}])
async def test_nonsense_about_terminals_is_refused(house, used):
    answer = await house.peer("gateway").post(USED, json={"used": used})

    assert code_of(answer) == "validation-failed"
    assert (await house.owner.post(USED, json={"used": {}})).status_code == 403


async def test_a_key_that_ended_is_shown_no_more(house, till):
    await post(house.owner, f"{VENDOR}/terminals/{till.id}/rotate")
    await house.execute("UPDATE terminal_keys SET ends_at = now() WHERE ends_at IS NOT NULL")

    terminal = (await house.owner.get(f"{VENDOR}/terminals/{till.id}")).json()

    assert [key["ends_at"] for key in terminal["keys"]] == [None]


async def test_rotations_at_once_leave_two_keys(house, till):
    path = f"{VENDOR}/terminals/{till.id}/rotate"

    answers = await asyncio.gather(*(post(house.owner, path) for _ in range(6)))

    assert {answer.status_code for answer in answers} == {200}
    assert len(await house.rows("SELECT 1 FROM terminal_keys")) == 2
    assert [fact["version"] for fact in await house.facts("terminal")] == list(range(1, 8))


async def test_every_list_counts_when_it_is_asked_to(house):
    for code in ("07", "08", "09"):
        await house.new_staff(code, name=f"Anna {code}", pin=PIN)
        await house.new_till()
    lists = [
        (house.owner, f"{VENDOR}/pins", "anna"),
        (house.owner, f"{VENDOR}/terminals", "till"),
        (house.admin, f"{ADMIN}/terminals", "till"),
    ]

    for who, path, search in lists:
        params = {"limit": 2, "count": True, "search": search}
        page = (await who.get(path, params=params)).json()
        none = (await who.get(path, params={**params, "search": "nobody"})).json()
        assert (len(page["items"]), page["total"], none["total"]) == (2, 3, 0), path
        assert (await who.get(path)).json().keys() == {"items", "next_cursor"}


async def test_an_admin_finds_deleted_terminals_only_where_asked_for(house, till):
    other = await house.new_till()
    await house.owner.delete(f"{VENDOR}/terminals/{till.id}")

    async def listed(**params: Any) -> set[str]:
        items = (await house.admin.get(f"{ADMIN}/terminals", params=params)).json()["items"]
        return {item["id"] for item in items}

    gone, live = str(till.id), str(other.id)
    assert await listed() == {live}
    assert await listed(include_deleted=True) == {gone, live}
    assert await listed(only_deleted=True) == {gone}
    assert code_of(await house.admin.get(f"{ADMIN}/terminals/{gone}")) == "terminal-not-found"
    shown = await house.admin.get(f"{ADMIN}/terminals/{gone}", params={"include_deleted": True})
    assert (shown.json()["keys"], shown.json()["deleted_at"] is None) == ([], False)
    assert shown.json()["deleted_by"] == str(house.owner_id)


async def test_a_user_speaks_the_merchants_language_unless_another_is_named(house):
    ours = (await house.new_user())["locale"]
    admins = (await house.new_user("root@b.lu", "admin"))["locale"]
    body = {"email": "c@b.lu", "password": "seven quiet otters", "role": "admin", "locale": "lu"}
    named = (await post(house.admin, f"{ADMIN}/users", body)).json()["locale"]

    assert (ours, admins, named) == ("fr", "en", "lb")
