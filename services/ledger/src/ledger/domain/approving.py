"""Staff approval: whether a staff member or a user stands behind what is asked."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from contracts import problem
from contracts.problem import Refusal
from ledger.domain.words import Asker, Rules

FRESH_APPROVAL_S = 120.0


def approved(
    rules: Rules, asker: Asker, now: datetime, fresh: bool, sale_at: datetime | None = None
) -> UUID | Refusal | None:
    """The approving staff member, if any. Where no approval is required, one that is not good is as none.

    A sale's approval must have been good at its time, unless a PIN came along.
    """
    if asker.user_id is not None:
        return None
    found = _judge(asker, now, fresh, sale_at)
    if isinstance(found, Refusal) and not rules.staff_required:
        return None
    return found


def _judge(asker: Asker, now: datetime, fresh: bool, sale_at: datetime | None = None) -> UUID | Refusal:
    approval = asker.approval
    if approval is None:
        return problem.StaffApprovalRequired()
    if isinstance(approval, Refusal):
        return approval
    if approval.merchant_id != asker.merchant_id:
        # Nothing tells that it would be good elsewhere.
        return problem.StaffApprovalInvalid("the staff session is not valid")
    if (approval.store_id, approval.terminal_id) != (asker.store_id, asker.terminal_id):
        return problem.StaffApprovalInvalid("the staff session belongs to another terminal")
    late = sale_at is not None and not approval.by_pin
    at = (sale_at if sale_at is not None and late else now).timestamp()
    if (
        approval.revoked
        or at >= approval.expires_at
        or (late and at < approval.issued_at)
        or (fresh and at - approval.issued_at >= FRESH_APPROVAL_S)
    ):
        return problem.StaffApprovalExpired()
    return approval.staff_id


def approved_by_manager(asker: Asker, now: datetime) -> UUID | Refusal | None:
    """The approving staff member, who must be a manager, at a till; required whatever the program says."""
    if asker.user_id is not None:
        return None
    found = _judge(asker, now, fresh=True)
    if isinstance(found, Refusal):
        return found
    assert not isinstance(asker.approval, Refusal), "a refused approval was judged so"
    if asker.approval is None or not asker.approval.is_manager:
        return problem.Forbidden("a staff member with the role manager is needed")
    return found
