"""Figures as owners, managers and admins read them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from contracts.programs import ProgramChanged, RewardChanged, StoreChanged
from kit.identity import Caller
from kit.ids import now, uuid7
from ledger.statistics.card import hour_of
from ledger.statistics.figures import Worth, share, worth_of

VENDOR, ADMIN = "/api/v1/vendor/loyalty", "/api/v1/admin/loyalty"
ADMINISTRATOR = Caller("admin", user_id=uuid7())


async def test_the_figures_of_a_busy_day(counting: Any) -> None:
    await counting.a_busy_day()
    await counting.count()

    answer = await counting.get(f"{VENDOR}/stats")

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    found = answer.json()
    stores = {each["store_name"]: each for each in found.pop("stores")}
    del found["as_of"]
    # 4 cards × 300 points and 25 of welcome, 99 earned, 49 of them void, 100 spent, 40 taken away by hand.
    # 17 stamps, 3 redeemed, 2 void, 2 given by hand.
    assert found == {
        "program_id": str(counting.world.program_id), "merchant_id": str(counting.world.merchant_id),
        "store_id": None, "currency": "EUR",
        "cards_total": 3, "cards_active": 3, "cards_active_30d": 4, "enrolled_30d": 4, "transactions_30d": 41,
        "stamps_issued": 17, "stamps_redeemed": 3, "stamps_outstanding": 14,
        "points_issued": 1399, "points_redeemed": 100, "points_voided": 49, "points_expired": 0,
        "points_outstanding": 1210, "rewards_redeemed": 2, "redemption_rate": 0.0715,
        "liability_cents": 1210 * 9 + 14 * 350 // 3,
    }  # fmt: skip
    assert set(stores) == {"a", "b", None}
    assert [stores[name]["cards_total"] for name in ("a", "b", None)] == [1, 1, 1]
    assert stores[None]["store_id"] is None
    assert sum(each["transactions_30d"] for each in stores.values()) == 41
    assert stores["b"]["rewards_redeemed"] == 2
    assert stores["a"]["rewards_redeemed"] == 0


async def test_a_stores_figures_are_its_own(counting: Any) -> None:
    await counting.a_busy_day()
    await counting.count()
    whole = (await counting.get(f"{VENDOR}/stats")).json()

    one = (await counting.get(f"{VENDOR}/stats?store_id={counting.world.other_store_id}")).json()

    listed = next(each for each in whole["stores"] if each["store_name"] == "b")
    assert {name: one[name] for name in listed if name != "store_name"} == {
        name: value for name, value in listed.items() if name != "store_name"
    }
    assert one["stores"] == [listed]


async def test_who_may_read_which_figures(counting: Any) -> None:
    world = counting.world
    await counting.a_busy_day()
    await counting.count()
    other = Caller("owner", uuid7(), user_id=uuid7())
    paths = [f"{ADMIN}/stats", f"{ADMIN}/programs/{world.program_id}/stats"]
    paths.append(f"{ADMIN}/merchants/{world.merchant_id}/overview")

    till = await counting.get(f"{VENDOR}/stats", world.caller)
    theirs = await counting.get(f"{VENDOR}/stats", other)
    far = StoreChanged(id=uuid7(), version=1, merchant_id=other.merchant, code="x", name="x")
    await world.tell(far)
    not_theirs = await counting.get(f"{VENDOR}/stats?store_id={far.id}")
    by_owner = [await counting.get(path) for path in paths]
    by_admin = [await counting.get(path, ADMINISTRATOR) for path in paths]

    assert till.status_code == 403
    assert (theirs.status_code, theirs.json()["code"]) == (404, "program-not-found")
    assert (not_theirs.status_code, not_theirs.json()["code"]) == (404, "store-not-found")
    assert [answer.status_code for answer in by_owner] == [403] * 3
    assert [answer.status_code for answer in by_admin] == [200] * 3
    platform, program, overview = (answer.json() for answer in by_admin)
    for name in (
        "cards_total",
        "cards_active_30d",
        "transactions_30d",
        "points_outstanding",
        "stamps_issued",
    ):
        assert platform[name] == program[name] == overview["program"][name]
    assert platform["liability"] == [{"currency": "EUR", "liability_cents": program["liability_cents"]}]
    assert (platform["merchants"], platform["stores"], overview["stores_total"]) == (1, 3, 2)


@pytest.mark.parametrize("path", ["programs/{}/stats", "merchants/{}/overview"])
async def test_what_is_not_there_has_no_figures(counting: Any, path: str) -> None:
    answer = await counting.get(f"{ADMIN}/{path.format(uuid7())}", ADMINISTRATOR)
    assert answer.status_code in (404, 503)  # there is no programs service here to ask


async def test_thirty_days_are_whole_hours_and_what_is_older_does_not_count(counting: Any) -> None:
    card = await counting.world.card()
    await counting.world.stamp(card)
    counting.cards = [card]
    await counting.count()
    edge = hour_of(now()) - 30 * 24

    for hour, expected in ((edge, 0), (edge + 1, 2)):
        counting.world.rows("UPDATE statistics_hours SET hour = %s RETURNING 1", hour)
        found = (await counting.get(f"{VENDOR}/stats")).json()
        assert (found["transactions_30d"], found["cards_active_30d"]) == (expected, expected // 2)
        assert found["stamps_issued"] == 1


async def test_as_of_is_when_all_was_counted_and_nothing_is_no_rate(counting: Any) -> None:
    before = now()
    await counting.count()

    found = (await counting.get(f"{VENDOR}/stats")).json()

    assert before.isoformat()[:26] <= found["as_of"][:26] <= (now() + timedelta(seconds=1)).isoformat()[:26]
    assert (found["redemption_rate"], found["liability_cents"], found["cards_total"]) == (None, None, 0)


# -- money


def a_reward(**changes: Any) -> RewardChanged:
    values = {"points_required": 100, "value_cents": 900, **changes}
    return RewardChanged(id=uuid7(), version=1, program_id=uuid7(), merchant_id=uuid7(), name="Mug", **values)


def test_a_point_is_worth_what_the_dearest_active_reward_gives_for_it(world_program: Any) -> None:
    rewards = [
        a_reward(points_required=300, value_cents=1000),
        a_reward(points_required=1, value_cents=None),
        a_reward(points_required=1, is_active=False),
        a_reward(points_required=1, deleted_at=now()),
        a_reward(points_required=700, value_cents=2000),
    ]

    worth = worth_of(world_program(stamps_reward_value_cents=100, stamps_target=3), rewards)

    assert worth.of(points=100, stamps=2) == 400  # 333.33 + 66.67: rounded down once, at the sum
    assert worth.of(points=101, stamps=0) == 336
    assert worth_of(world_program(), rewards).of(100, 2) == 333
    assert worth_of(world_program(stamps_reward_value_cents=100), []).of(5, 5) == 50
    assert Worth(None, None).of(5, 5) is None


def test_a_share_has_four_decimals() -> None:
    assert [share(1, 3), share(2, 3), share(0, 3), share(1, 0)] == [0.3333, 0.6667, 0.0, None]


@pytest.fixture
def world_program() -> Any:
    def make(**changes: Any) -> ProgramChanged:
        return ProgramChanged(
            id=uuid7(), version=1, merchant_id=uuid7(), created_at=now(), loyalty_type="hybrid", **changes
        )

    return make


async def test_the_gateway_learns_the_figures_of_a_page_of_programs(counting: Any) -> None:
    await counting.a_busy_day()
    await counting.count()
    world, nobody = counting.world, str(uuid7())
    path, asked = "/internal/program-statistics", {"program_ids": [str(world.program_id), nobody]}

    async with world.http(counting.owner) as http:
        refused = await http.post(path, json=asked)
    async with world.http(Caller("service", service="gateway")) as http:
        found = (await http.post(path, json=asked)).json()["statistics"]
        too_many = await http.post(path, json={"program_ids": [nobody] * 101})

    figures = (await counting.get("/api/v1/vendor/loyalty/stats")).json()
    apart = ("program_id", "merchant_id", "store_id", "stores")
    assert found == {str(world.program_id): {n: v for n, v in figures.items() if n not in apart}}
    assert (refused.status_code, too_many.status_code) == (403, 422)
