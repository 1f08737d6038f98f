"""Voids: a stamp, an earning or a redemption is taken back, whole or (an earning) in part by amount."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts import problem
from contracts.problem import Refusal
from ledger.domain.approving import approved
from ledger.domain.asked import Void, VoidPoints, VoidStamps
from ledger.domain.words import BALANCE_LIMIT, Account, Asker, Decision, Entry, Reversal, Rules, Target


def void(account: Account, rules: Rules, command: Void, asker: Asker, now: datetime) -> Decision | Refusal:
    """The order is: found, store, staff, whether voids are allowed, kind, what is left."""
    if account.is_gone or account.merchant_id != asker.merchant_id:
        return problem.CardNotFound()
    named = command.transaction_id is not None or isinstance(command, VoidPoints)
    if named and not any(target.card_id == account.card_id for target in command.targets):
        return problem.TransactionNotFound()
    if not rules.cross_location and not _at_home(account, command, asker):
        return problem.StoreNotAllowed()
    staff_id = approved(rules, asker, now, fresh=True)
    if isinstance(staff_id, Refusal):
        return staff_id
    if not rules.allow_void:
        names = {"transaction_id": str(command.targets[0].id)} if named else {}
        return problem.VoidNotAllowed("this merchant takes nothing back", **names)
    if isinstance(command, VoidPoints):
        return _void_points(account, rules, command, command.targets[0], staff_id)
    if named and command.targets[0].type == "stamp_redeemed":
        return _give_stamps_back(account, command.targets[0], staff_id)
    return _void_stamps(account, rules, command, staff_id)


def _at_home(account: Account, command: Void, asker: Asker) -> bool:
    """Without cross-location: at the store of each transaction that is taken back."""
    if not command.targets:
        return account.scope_store_id in (None, asker.store_id)
    return all(target.store_id in (None, asker.store_id) for target in command.targets)


# -- stamps


def _void_stamps(
    account: Account, rules: Rules, command: VoidStamps, staff_id: UUID | None
) -> Decision | Refusal:
    for target in command.targets:
        if target.type != "stamp_earned":
            return _not_allowed(target)
        if target.times_voided:
            return _already(target)
    if len(command.targets) < command.stamps:
        return problem.InsufficientStamps(balance=len(command.targets), required=command.stamps)
    left, entries = account.stamp_count, []
    for target in command.targets:
        back = target.stamps_delta + target.owed_repaid
        taken = min(back, left)
        left -= taken
        reversal = _short(rules, target, back - taken, stamp_before_at=command.stamp_before_at)
        entries.append(Entry("stamp_voided", stamps_delta=-taken, staff_id=staff_id, reversal=reversal))
    return tuple(entries)


def _give_stamps_back(account: Account, target: Target, staff_id: UUID | None) -> Decision | Refusal:
    if target.times_voided:
        return _already(target)
    if account.stamp_count - target.stamps_delta > BALANCE_LIMIT:
        return problem.BalanceLimit()
    given = Entry(
        "stamp_voided", stamps_delta=-target.stamps_delta, staff_id=staff_id, reversal=Reversal(target)
    )
    return (given,)


# -- points


def points_back(target: Target, amount_voided_cents: int) -> int:
    """What has come back in all once this much of the purchase is voided: floor(P × v / A), at v = A all."""
    amount = target.purchase_amount_cents or 0
    given = target.points_delta + target.owed_repaid
    return given if amount_voided_cents >= amount else given * amount_voided_cents // amount


def _void_points(
    account: Account, rules: Rules, command: VoidPoints, target: Target, staff_id: UUID | None
) -> Decision | Refusal:
    if target.type == "points_redeemed" and command.amount_cents is None:
        return _give_points_back(account, target, staff_id)
    if target.type != "points_earned":
        return _not_allowed(target)
    left_cents = (target.purchase_amount_cents or 0) - target.amount_voided_cents
    if left_cents <= 0:
        return _already(target, remaining_cents=0)
    amount = left_cents if command.amount_cents is None else command.amount_cents
    if amount > left_cents:
        return problem.VoidExceedsRemaining(transaction_id=str(target.id), remaining_cents=left_cents)
    back = points_back(target, target.amount_voided_cents + amount) - target.points_back
    taken = min(back, account.points_balance)
    reversal = _short(rules, target, back - taken, amount_cents=amount)
    return (Entry("points_voided", points_delta=-taken, staff_id=staff_id, reversal=reversal),)


def _give_points_back(account: Account, target: Target, staff_id: UUID | None) -> Decision | Refusal:
    if target.times_voided:
        return _already(target)
    if account.points_balance - target.points_delta > BALANCE_LIMIT:
        return problem.BalanceLimit()
    given = Entry(
        "points_voided", points_delta=-target.points_delta, staff_id=staff_id, reversal=Reversal(target)
    )
    return (given,)


def _short(
    rules: Rules,
    target: Target,
    shortfall: int,
    *,
    amount_cents: int | None = None,
    stamp_before_at: datetime | None = None,
) -> Reversal:
    owed = shortfall if rules.recover_shortfall else 0
    return Reversal(target, amount_cents, shortfall or None, owed, stamp_before_at)


def _already(target: Target, **more: int) -> Refusal:
    return problem.AlreadyVoided(transaction_id=str(target.id), **more)


def _not_allowed(target: Target) -> Refusal:
    return problem.VoidNotAllowed(transaction_id=str(target.id))
