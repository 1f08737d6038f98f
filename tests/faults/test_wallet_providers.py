"""Wallet platforms that are down, and a wallet that is killed: no sale is lost, and passes end up right."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from punchcard.verify_all import passes_of
from punchcard.verify_wallet import deliveries_of

from .standing_in import standing_in

ADMIN = "/api/v1/admin/loyalty"
PLATFORMS = ("apple", "google")
#: The longest rest of a provider that is left alone, and some time to catch up.
CAUGHT_UP_S = 60


@pytest.fixture(scope="module")
def stand_in(platform: Any) -> Iterator[Any]:
    """Both platforms; the wallet delivers to them."""
    with standing_in(platform.stack) as made:
        yield made


@pytest.fixture(autouse=True)
def _well(stand_in: Any) -> Iterator[None]:
    yield
    stand_in.mode, stand_in.slow_s = "takes", 0.0


class Wallets:
    """What cards' passes show on both platforms, against the ledger."""

    def __init__(self, platform: Any, stand_in: Any, until: Any) -> None:
        self.platform, self.stand_in, self._until = platform, stand_in, until

    def hand_out(self, cards: list[str]) -> None:
        """These cards' passes are in both wallets. Waits for the passes: they follow the cards."""
        known = "SELECT count(*) FROM passes WHERE card_id = ANY(%s::uuid[]) AND card_version > 0"
        self._until(lambda: self.platform.one("wallet", known, cards) == len(cards), within_s=30)
        with psycopg.connect(self.platform.stack.urls("wallet").superuser) as connection:
            connection.execute(
                "INSERT INTO deliveries (card_id, platform, merchant_id, program_id)"
                " SELECT card_id, name, merchant_id, program_id FROM passes, unnest(%s::text[]) AS name"
                " WHERE card_id = ANY(%s::uuid[])",
                [list(PLATFORMS), cards],
            )

    def ledger(self, cards: list[str]) -> dict[tuple[str, str], tuple[int, int, int]]:
        rows = self.platform.rows(
            "ledger",
            "SELECT card_id::text, sequence, stamp_count, points_balance FROM accounts"
            " WHERE card_id = ANY(%s::uuid[])",
            cards,
        )
        return {(name, card): (*rest,) for card, *rest in rows for name in PLATFORMS}

    def shown(self, cards: list[str]) -> dict[tuple[str, str], tuple[int, int, int]]:
        return {
            place: (state["sequence"], state["stamps"], state["points"])
            for place, state in list(self.stand_in.shows.items())
            if place[1] in cards
        }

    def check(self, cards: list[str], within_s: float = CAUGHT_UP_S) -> None:
        """Every pass shows what the ledger holds, and the wallet's database says so."""
        self._until(lambda: self.shown(cards) == self.ledger(cards), within_s=within_s)
        urls = self.platform.stack.urls
        untold = "SELECT count(*) FROM deliveries WHERE status <> 'current' AND card_id = ANY(%s::uuid[])"
        self._until(lambda: self.platform.one("wallet", untold, cards) == 0, within_s=10)
        assert passes_of(urls("ledger").superuser, urls("wallet").superuser).wrong == []
        assert deliveries_of(urls("wallet").superuser).wrong == []
        assert self.stand_in.went_back == []


@pytest.fixture
def wallets(platform: Any, stand_in: Any, until: Any) -> Wallets:
    return Wallets(platform, stand_in, until)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("how", ["fails", pytest.param("stalls", marks=pytest.mark.soak)])
def test_both_platforms_down_for_a_whole_load_cost_no_stamp_and_lose_no_update(
    platform: Any, tills: Any, whole: Any, stand_in: Any, wallets: Wallets, how: str
):
    with tills(4) as load:
        wallets.hand_out(load.cards)
        stand_in.mode = how
        load.go_on(12)

    stale = wallets.shown(load.cards) != wallets.ledger(load.cards)
    assert not load.troubled
    load.check_ledger()
    assert stale, "the platforms were not down: this run shows nothing"
    assert platform.stack.service("wallet").is_ready(), "a platform that is down makes no service unready"
    asked = stand_in.asked

    stand_in.mode = "takes"
    stand_in._going.set()
    wallets.check(load.cards)
    stand_in._going.clear()

    assert stand_in.asked - asked <= 60, "what was marked many times is delivered a few times"
    assert whole()


@pytest.mark.timeout(240)
@pytest.mark.parametrize("seed", [7, pytest.param(20261121, marks=pytest.mark.soak)])
def test_a_wallet_that_is_killed_at_any_moment_loses_no_update(
    platform: Any, tills: Any, whole: Any, stand_in: Any, wallets: Wallets, seed: int
):
    chance = random.Random(seed)
    wallet = platform.stack.service("wallet")
    stand_in.slow_s = 0.05

    with tills(4, pause_s=0.02) as load:
        wallets.hand_out(load.cards)
        for _ in range(4):
            time.sleep(chance.uniform(0.2, 2.0))
            stand_in.mode = chance.choice(["takes", "fails"])
            wallet.kill9()
            wallet.wait_ready(60)
        stand_in.mode = "takes"
        load.go_on(1)

    assert not load.troubled, "no till notices"
    load.check_ledger()
    # A claim of one that was killed runs out after half a minute.
    wallets.check(load.cards, within_s=CAUGHT_UP_S + 35)
    assert whole()


@pytest.mark.timeout(180)
def test_a_storm_on_one_card_ends_in_few_pushes_and_the_last_state(
    platform: Any, shop: Any, stand_in: Any, wallets: Wallets
):
    card = shop.enrol()["id"]
    wallets.hand_out([card])
    wallets.check([card])
    before = stand_in.counted(card)
    stand_in.slow_s = 0.5

    stamps = 0
    ends = time.monotonic() + 4
    while time.monotonic() < ends:
        shop.move("stamp", {"card_id": card})
        stamps += 1
    wallets.check([card])

    pushes = stand_in.counted(card) - before
    assert stamps >= 40, "that was no storm"
    assert pushes <= 2 * 12, f"{pushes} pushes of {stamps} stamps on two platforms"


@pytest.mark.timeout(180)
def test_a_pass_made_wrong_by_hand_is_found_by_the_hourly_sync(
    platform: Any, shop: Any, wallets: Wallets, until: Any
):
    cards = shop.enrol_many(3)
    for card in cards:
        shop.move("stamp", {"card_id": card})
    wallets.hand_out(cards)
    wallets.check(cards)
    _as_superuser(platform, "UPDATE passes SET stamp_count = 99 WHERE card_id = %s", cards[0])
    _as_superuser(platform, "UPDATE deliveries SET sequence_shown = 1 WHERE card_id = %s", cards[1])
    _as_superuser(platform, "UPDATE ledger_sync SET started_at = now() - interval '2 hours'")
    wanted = "SELECT stamp_count FROM passes WHERE card_id = %s"

    platform.stack.service("wallet").restart()

    until(lambda: platform.one("wallet", wanted, cards[0]) == 1, within_s=30)
    wallets.check(cards)
    health = platform.made(platform.get(platform.admin, f"{ADMIN}/wallet/health"))
    until(lambda: _last_sync(platform) is not None, within_s=30)
    assert _last_sync(platform)["healed"] >= 2
    assert [one["breaker"] for one in health["providers"]] == ["closed", "closed"]


def _last_sync(platform: Any) -> Any:
    return platform.made(platform.get(platform.admin, f"{ADMIN}/wallet/health"))["last_sync"]


def _as_superuser(platform: Any, statement: str, *params: Any) -> None:
    with psycopg.connect(platform.stack.urls("wallet").superuser) as connection:
        connection.execute(statement, params or None)


@pytest.mark.timeout(120)
def test_a_deleted_merchant_s_passes_are_void_in_the_wallets_and_come_back(
    platform: Any, stand_in: Any, wallets: Wallets, until: Any
):
    shop = platform.open_shop()
    card = shop.enrol()["id"]
    shop.move("stamp", {"card_id": card})
    wallets.hand_out([card])
    wallets.check([card])
    path = f"{ADMIN}/merchants/{shop.merchant['id']}"
    places = [(name, card) for name in PLATFORMS]

    def ended() -> list[bool]:
        return [stand_in.shows[place]["ended"] for place in places]

    gone = platform.http.delete(path, headers={"authorization": f"Bearer {platform.admin}", "if-match": "*"})
    assert gone.status_code == 204
    until(lambda: ended() == [True, True], within_s=20)
    assert platform.post(platform.admin, f"{path}/restore").status_code == 200
    until(lambda: ended() == [False, False], within_s=20)

    wallets.check([card])
