"""What a void takes back, found and locked: its transaction, and the account that it belongs to."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from ledger import store
from ledger.batches.operation import Operation
from ledger.domain import Account, Void, VoidPoints, VoidStamps
from ledger.store.accounts import Connection


class FoundVoid(NamedTuple):
    """The account, and the command with its targets. Nothing in it: what is named was not found."""

    account: Account | None = None
    command: Void | None = None


async def find_void(conn: Connection, operation: Operation, named: Account | None) -> FoundVoid:
    """`named` is the account of the card that the void names, if it names one that is known; it is locked."""
    command = operation.command
    assert isinstance(command, (VoidStamps, VoidPoints)), "only voids are found"
    if operation.card is not None and named is None:
        return FoundVoid()
    by_order = command.order_reference if isinstance(command, VoidPoints) else None
    transaction = command.transaction_id or by_order
    if transaction is None:
        assert named is not None, "the door lets nothing in that names neither"
        assert isinstance(command, VoidStamps), "points are voided by their transaction or order"
        ids = await store.newest_stamps(conn, named.card_id, command.stamps)
        return FoundVoid(named, await _completed(conn, command, named, ids))
    place = await store.place_of(conn, operation.asker.merchant_id, transaction)
    if place is None or (named is not None and named.card_id != place.card_id):
        return FoundVoid(named, command)  # without targets
    account = named or await store.lock_account(conn, place.card_id)
    return FoundVoid(account, await _completed(conn, command, account, [place.transaction_id]))


async def _completed(
    conn: Connection, command: VoidStamps | VoidPoints, account: Account, ids: list[UUID]
) -> Void:
    targets = await store.targets(conn, ids)
    rewards = [(target.card_id, target.reward_id) for target in targets if target.reward_id]
    if rewards:
        await store.lock_rewards(conn, rewards)
    if isinstance(command, VoidPoints):
        return replace(command, targets=targets)
    before = await store.stamp_before(conn, account.card_id, ids)
    return replace(command, targets=targets, stamp_before_at=before)
