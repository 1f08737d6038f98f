"""Passes brought to Google over real HTTP, on a real database, by the delivery loop."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from kit.ids import now
from punchcard.standins.google import Mood
from wallet import commands
from wallet.domain import Delivered, Never, NotNow


async def stamp(town: Any, a_transaction: Any, card: Any, sequence: int) -> None:
    async with town.work() as tx:
        await commands.note_transactions(tx, [a_transaction(card, sequence)])


async def test_the_class_comes_before_the_first_object_and_both_are_shown(
    town: Any, a_shop: Any, a_transaction: Any
):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)
    await stamp(town, a_transaction, card, 3)

    async with town.delivering():
        await town.until_status(card, "current")

    assert [(row.method, row.kind) for row in town.google.journal] == [
        ("POST", "loyaltyClass"),
        ("POST", "loyaltyObject"),
    ]
    (shown_class,) = town.google.classes.values()
    shown = await town.object(card)
    assert shown_class["programName"] == "Carte de fidélité"
    assert shown["classId"] == shown_class["id"]
    assert shown["loyaltyPoints"]["balance"] == {"int": 3}
    row = await town.shown(card)
    assert (row.sequence_shown, row.last_error) == (3, None)
    assert town.google.tokens_sold == 1


async def test_a_stamp_is_a_patch_that_tells_the_phone(town: Any, a_shop: Any, a_transaction: Any):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)

    async with town.delivering():
        await town.until_status(card, "current")
        await stamp(town, a_transaction, card, 1)
        await town.until_status(card, "current")

    last = town.google.journal[-1]
    assert (last.method, last.notifies, last.points) == ("PATCH", True, 1)
    assert (await town.object(card))["loyaltyPoints"]["balance"] == {"int": 1}


async def test_what_google_shows_already_is_not_sent_again(town: Any, a_shop: Any):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)
    async with town.delivering():
        await town.until_status(card, "current")
        before = len(town.google.journal)

        async with town.work() as tx:
            await commands.note_changed_looks(tx, set(), {shop.merchant.id})
        await town.until_status(card, "behind")
        await town.until_status(card, "current")

    assert len(town.google.journal) == before


async def test_a_program_that_looks_new_is_one_patch_of_its_class(town: Any, a_shop: Any):
    shop = a_shop(hero_image_url="https://cafe.example/hero.png")
    await town.hears(shop)
    cards = await town.cards(shop, 3)
    async with town.delivering():
        await town.until_nothing_is_behind()
        before = len(town.google.journal)

        await town.look_changes(shop, card_color="#aa0000", hero_image_url=None)
        await town.until_nothing_is_behind()

    new = list(town.google.journal)[before:]
    assert [(row.method, row.kind) for row in new] == [("PATCH", "loyaltyClass")]
    (shown,) = town.google.classes.values()
    assert (shown["hexBackgroundColor"], "heroImage" in shown) == ("#aa0000", False)
    assert (await town.shown(cards[0])).status == "current"


async def test_a_replica_that_knows_less_never_takes_a_look_back(town: Any, a_shop: Any):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)
    async with town.delivering():
        await town.until_status(card, "current")
    old = town.projection
    town.projection = town._projection()
    await town.look_changes(shop, card_color="#aa0000")
    async with town.delivering():
        await town.until_status(card, "current")

    # The one that has not heard of it yet delivers a stamp.
    town.projection = old
    async with town.work() as tx:
        await commands.note_changed_looks(tx, {shop.program.id}, set())
    async with town.delivering():
        await town.until_nothing_is_behind()

    (shown,) = town.google.classes.values()
    assert shown["hexBackgroundColor"] == "#aa0000"


async def test_what_is_there_already_is_patched_and_what_is_gone_is_inserted(
    town: Any, a_shop: Any, a_transaction: Any
):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)
    async with town.delivering():
        await town.until_status(card, "current")
        # A database that was put back to before the insert, and an object that somebody took away.
        async with town.work() as tx:
            await tx.conn.execute(text("UPDATE google_objects SET shown_digest = NULL"))
        await stamp(town, a_transaction, card, 1)
        await town.until_status(card, "current")
        assert [row.status for row in list(town.google.journal)[-2:]] == [409, 200]
        town.google.objects.clear()
        await stamp(town, a_transaction, card, 2)
        await town.until_status(card, "current")

    assert [row.status for row in list(town.google.journal)[-2:]] == [404, 200]
    assert (await town.object(card))["loyaltyPoints"]["balance"] == {"int": 2}


async def test_a_class_that_is_gone_is_made_anew(town: Any, a_shop: Any):
    shop = a_shop()
    await town.hears(shop)
    await town.card(shop)
    async with town.delivering():
        await town.until_nothing_is_behind()
        town.google.classes.clear()
        other = await town.card(shop)
        await town.until_status(other, "current")

    assert len(town.google.classes) == 1
    assert len(town.google.objects) == 2


async def test_an_ended_card_is_inactive_at_google(town: Any, a_shop: Any):
    shop = a_shop(loyalty_type="hybrid")
    await town.hears(shop)
    card = await town.card(shop)
    async with town.delivering():
        await town.until_status(card, "current")
        ended = card.model_copy(update={"version": 2, "deleted_at": now()})
        async with town.work() as tx:
            await commands.note_cards(tx, [ended])
        await town.until_status(card, "removed")

    shown = await town.object(card)
    assert (shown["state"], shown["accountId"], shown["textModulesData"]) == ("INACTIVE", "", [])
    assert "secondaryLoyaltyPoints" not in shown


@pytest.mark.parametrize(
    ("mood", "kind", "error"),
    [
        (Mood("fail", 503, "backendError"), NotNow, "503 backendError"),
        (Mood("fail", 500, "internalError"), NotNow, "500 internalError"),
        (Mood("fail", 400, "invalid"), Never, "400 invalid"),
        (Mood("fail", 403, "forbidden"), NotNow, "403 forbidden"),
        (Mood("fail", 429, "rateLimitExceeded", retry_after=1), NotNow, "429 rateLimitExceeded"),
        (Mood("fail", 403, "quotaExceeded"), NotNow, "403 quotaExceeded"),
    ],
)
async def test_an_answer_is_taken_by_its_meaning(town: Any, a_shop: Any, mood: Mood, kind: Any, error: str):
    shop = a_shop()
    await town.hears(shop)
    await town.card(shop)
    provider = town.provider()
    (claimed,) = await _claim(town, provider)
    town.google.does(mood)

    outcome = await provider.deliver(claimed.held)

    assert (type(outcome), outcome.error) == (kind, error)
    assert outcome.refuses_us == (error == "403 forbidden"), "over the quota is not refused"
    town.google.does(Mood())


async def test_a_token_that_is_refused_is_bought_anew(town: Any, a_shop: Any, a_transaction: Any):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)
    async with town.delivering():
        await town.until_status(card, "current")
        town.google.withdraw_tokens()
        await stamp(town, a_transaction, card, 1)
        await town.until_status(card, "current")

    assert town.google.tokens_sold == 2
    assert town.google.statuses()[401] == 1


async def test_a_class_id_of_another_program_is_never_touched(town: Any, a_shop: Any):
    first, second = a_shop(google_class_id="grund"), a_shop(google_class_id="grund")
    await town.hears(first)
    await town.hears(second)
    await town.card(first)
    async with town.delivering():
        await town.until_nothing_is_behind()
    await town.card(second)
    provider = town.provider()
    (claimed,) = await _claim(town, provider)

    outcome = await provider.deliver(claimed.held)

    assert isinstance(outcome, NotNow)
    assert outcome.error == "class-of-another-program"
    assert len(town.google.classes) == 1


async def test_after_too_much_nobody_sends_for_a_while(town: Any, a_shop: Any):
    shop = a_shop()
    await town.hears(shop)
    await town.card(shop)
    provider = town.provider()
    (claimed,) = await _claim(town, provider)
    town.google.does(Mood("fail", 429, "rateLimitExceeded", retry_after=30, times=1))
    await provider.deliver(claimed.held)
    came = len(town.google.journal)

    other = await town.provider().deliver(claimed.held)

    assert isinstance(other, NotNow)
    assert other.error == "quota"
    assert provider.room() == 0
    assert len(town.google.journal) == came


async def test_a_newer_state_than_the_one_asked_for_is_what_google_gets(
    town: Any, a_shop: Any, a_transaction: Any
):
    shop = a_shop()
    await town.hears(shop)
    card = await town.card(shop)
    provider = town.provider()
    (claimed,) = await _claim(town, provider)
    await stamp(town, a_transaction, card, 5)

    outcome = await provider.deliver(claimed.held)

    assert isinstance(outcome, Delivered)
    assert outcome.shown is not None
    assert outcome.shown.sequence_wanted == 5
    assert (await town.object(card))["loyaltyPoints"]["balance"] == {"int": 5}


async def _claim(town: Any, provider: Any) -> Any:
    from wallet.delivery import DeliveryLoop

    return await DeliveryLoop(town.work, provider).claim(1)
