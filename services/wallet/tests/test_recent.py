"""The last transactions that a pass holds: kept by the statement that keeps its balances."""

from __future__ import annotations

from typing import Any

import pytest

from kit.work import Work
from wallet import commands, recent, store


async def kept(work: Work, card: Any) -> list[int]:
    async with work.read() as conn:
        held = await store.find(conn, card.id)
    assert held is not None
    return [one.sequence for one in recent.read(held.recent)]


async def note(work: Work, *facts: Any) -> None:
    async with work() as tx:
        await commands.note_transactions(tx, facts)


@pytest.mark.parametrize("batches", [[[1], [2], [3]], [[1, 2, 3]], [[3, 1, 2]]])
async def test_the_last_transactions_are_kept_newest_first_however_they_come_together(
    work: Work, a_card: Any, a_transaction: Any, batches: list[list[int]]
):
    card = a_card()

    for batch in batches:
        await note(work, *(a_transaction(card, sequence) for sequence in batch))

    assert await kept(work, card) == [3, 2, 1]


async def test_only_the_last_five_are_kept(work: Work, a_card: Any, a_transaction: Any):
    card = a_card()

    await note(work, *(a_transaction(card, sequence) for sequence in range(1, 8)))
    await note(work, *(a_transaction(card, sequence) for sequence in range(8, 11)))

    assert await kept(work, card) == [10, 9, 8, 7, 6]


async def test_what_is_heard_again_later_changes_nothing(work: Work, a_card: Any, a_transaction: Any):
    card = a_card()
    await note(work, *(a_transaction(card, sequence) for sequence in (1, 2, 3)))

    await note(work, a_transaction(card, 2))

    assert await kept(work, card) == [3, 2, 1]


async def test_what_is_kept_says_when_and_what(work: Work, a_card: Any, a_transaction: Any):
    card = a_card()
    fact = a_transaction(card, 1)
    await note(work, fact)

    async with work.read() as conn:
        held = await store.find(conn, card.id)

    assert held is not None
    [one] = recent.read(held.recent)
    assert one == (1, fact.transaction.transaction_at.replace(microsecond=0), "stamp_earned", 1, 0)
