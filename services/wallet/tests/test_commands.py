"""What may be asked of passes, on a real database."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import text

from contracts.cards import CardChanged
from contracts.problem import CardNotFound, UpstreamUnavailable
from kit.ids import now, uuid7
from kit.work import Work
from wallet import commands, store
from wallet.domain import Pass


async def held(work: Work, card: CardChanged) -> Pass:
    async with work.read() as conn:
        found = await store.find(conn, card.id)
    assert found is not None
    return found


async def test_a_card_that_is_heard_of_gets_a_pass_with_a_serial_number_and_a_token(work: Work, a_card: Any):
    one, other = a_card(), a_card()

    async with work() as tx:
        await commands.note_cards(tx, [one, other])

    first, second = await held(work, one), await held(work, other)
    assert first.card_number == "482100771930"
    assert (first.sequence_wanted, first.stamp_count) == (0, 0)
    assert len(first.authentication_token) == 32
    assert first.serial_number != second.serial_number
    assert first.authentication_token != second.authentication_token


async def test_the_newest_transaction_of_a_batch_wins_whatever_its_place(
    work: Work, a_card: Any, a_transaction: Any
):
    card = a_card()

    async with work() as tx:
        await commands.note_transactions(tx, [a_transaction(card, n) for n in (2, 5, 3, 4)])

    assert ((await held(work, card)).sequence_wanted, (await held(work, card)).stamp_count) == (5, 5)


async def test_totals_may_pass_what_an_integer_holds(work: Work, a_card: Any, a_transaction: Any):
    card, many = a_card(), 2**40

    async with work() as tx:
        await commands.note_transactions(
            tx, [a_transaction(card, 1, points_redeemed=many, total_points_earned=many)]
        )

    found = await held(work, card)
    assert (found.points_redeemed, found.total_points_earned) == (many, many)


async def test_an_older_transaction_changes_nothing(work: Work, a_card: Any, a_transaction: Any):
    card = a_card()
    async with work() as tx:
        await commands.note_transactions(tx, [a_transaction(card, 5)])
    before = await held(work, card)

    async with work() as tx:
        await commands.note_transactions(tx, [a_transaction(card, 4), a_transaction(card, 5)])

    assert await held(work, card) == before


async def test_the_ledger_may_be_heard_before_the_card_and_nothing_is_lost(
    work: Work, a_card: Any, a_transaction: Any
):
    card = a_card()
    async with work() as tx:
        await commands.note_transactions(tx, [a_transaction(card, 3, points_balance=40)])
    early = await held(work, card)

    async with work() as tx:
        await commands.note_cards(tx, [card])

    late = await held(work, card)
    assert (early.card_number, late.card_number) == (None, "482100771930")
    assert (late.sequence_wanted, late.stamp_count, late.points_balance) == (3, 3, 40)
    assert late.serial_number == early.serial_number
    assert late.authentication_token == early.authentication_token


async def test_an_older_state_of_a_card_changes_nothing(work: Work, a_card: Any):
    card = a_card(version=3, locale="fr")
    async with work() as tx:
        await commands.note_cards(tx, [card])

    async with work() as tx:
        await commands.note_cards(tx, [card.model_copy(update={"version": 2, "locale": "de"})])

    assert (await held(work, card)).locale == "fr"


async def test_a_card_that_is_erased_ends_its_pass_and_one_that_is_restored_begins_it_again(
    work: Work, a_card: Any
):
    card = a_card()
    ended = []
    for version, erased_at in ((1, None), (2, now()), (3, None)):
        async with work() as tx:
            state = card.model_copy(update={"version": version, "erased_at": erased_at})
            await commands.note_cards(tx, [state])
        ended.append((await held(work, card)).ended)

    assert ended == [False, True, False]


@pytest.mark.parametrize(
    "column", ["serial_number = gen_random_uuid()", "authentication_token = '0123456789abcdef'"]
)
async def test_the_database_itself_keeps_serial_number_and_token(work: Work, a_card: Any, column: str):
    card = a_card()
    async with work() as tx:
        await commands.note_cards(tx, [card])

    with pytest.raises(Exception, match="never change"):
        async with work() as tx:
            await tx.conn.execute(text(f"UPDATE passes SET {column} WHERE card_id = :id"), {"id": card.id})


async def test_batches_that_name_the_same_cards_in_different_orders_never_lock_each_other_out(
    work: Work, a_card: Any, a_transaction: Any
):
    cards = [a_card() for _ in range(60)]

    async def note(sequence: int) -> None:
        ordered = cards if sequence % 2 else cards[::-1]
        async with work() as tx:
            await commands.note_transactions(tx, [a_transaction(card, sequence) for card in ordered])

    await asyncio.gather(*(note(sequence) for sequence in range(1, 25)))

    assert {(await held(work, card)).sequence_wanted for card in cards} == {24}


# -- a card that was not heard of yet


async def test_a_card_not_heard_of_is_asked_for_once_and_kept(work: Work, a_card: Any):
    card, asked = a_card(), []

    async def fetch(card_id: Any) -> Any:
        asked.append(card_id)
        return card.model_dump(mode="json")

    passes = commands.Passes(work, fetch)
    first = await passes.find_for(card.merchant_id, card.id)
    again = await passes.find_for(card.merchant_id, card.id)

    assert first == again
    assert asked == [card.id]


async def test_a_card_of_another_merchant_is_answered_as_one_that_does_not_exist(work: Work, a_card: Any):
    card = a_card()
    async with work() as tx:
        await commands.note_cards(tx, [card])

    async def fetch(card_id: Any) -> Any:
        return None

    passes = commands.Passes(work, fetch)
    with pytest.raises(CardNotFound) as foreign:
        await passes.find_for(uuid7(), card.id)
    with pytest.raises(CardNotFound) as unknown:
        await passes.find_for(uuid7(), uuid7())
    assert foreign.value == unknown.value


async def test_a_card_that_nobody_can_be_asked_for_is_not_said_to_be_missing(work: Work):
    async def fetch(card_id: Any) -> Any:
        raise UpstreamUnavailable("cards cannot be reached")

    with pytest.raises(UpstreamUnavailable):
        await commands.Passes(work, fetch).find(uuid7())
