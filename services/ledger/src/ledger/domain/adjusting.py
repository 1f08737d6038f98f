"""Corrections by hand, and switching a card off and on: both work on inactive cards and programs."""

from __future__ import annotations

from datetime import datetime

from contracts import problem
from contracts.problem import Refusal
from ledger.domain.approving import approved_by_manager
from ledger.domain.asked import AdjustPoints, AdjustStamps, SwitchCard
from ledger.domain.words import BALANCE_LIMIT, Account, Asker, Decision, Entry, Rules


def adjust(
    account: Account, rules: Rules, command: AdjustStamps | AdjustPoints, asker: Asker, now: datetime
) -> Decision | Refusal:
    """Move a balance by hand. The part of a program that is off is frozen for corrections too."""
    if refusal := _reachable(account, rules, asker):
        return refusal
    stamps = isinstance(command, AdjustStamps)
    if not (rules.has_stamps if stamps else rules.has_points):
        return problem.StampsNotEnabled() if stamps else problem.PointsNotEnabled()
    staff_id = approved_by_manager(asker, now)
    if isinstance(staff_id, Refusal):
        return staff_id
    if isinstance(command, AdjustStamps):
        delta, balance = command.stamps_delta, account.stamp_count
        too_few: type[Refusal] = problem.InsufficientStamps
        entry = Entry("stamp_adjustment", stamps_delta=delta, staff_id=staff_id)
    else:
        delta, balance = command.points_delta, account.points_balance
        too_few = problem.InsufficientPoints
        entry = Entry("points_adjustment", points_delta=delta, staff_id=staff_id)
    if balance + delta < 0:
        return too_few(balance=balance, required=-delta)
    return problem.BalanceLimit() if balance + delta > BALANCE_LIMIT else (entry,)


def switch(account: Account, rules: Rules, command: SwitchCard, asker: Asker) -> Decision | Refusal:
    """Deactivate or reactivate the card; nothing to record when it is so already."""
    if refusal := _reachable(account, rules, asker):
        return refusal
    if account.is_active == command.active:
        return ()
    return (Entry("card_reactivated" if command.active else "card_deactivated"),)


def _reachable(account: Account, rules: Rules, asker: Asker) -> Refusal | None:
    if account.is_gone or account.merchant_id != asker.merchant_id:
        return problem.CardNotFound()
    if rules.is_gone:
        return problem.ProgramNotFound()
    at_home = asker.store_id is None or account.scope_store_id in (None, asker.store_id)
    return None if rules.cross_location or at_home else problem.StoreNotAllowed()
