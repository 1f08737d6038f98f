"""Points that nobody moved for too long expire, all of them at once."""

from __future__ import annotations

from datetime import datetime, timedelta

from ledger.domain.asked import Expire
from ledger.domain.words import Account, Decision, Entry, Rules


def expire(account: Account, rules: Rules, command: Expire, now: datetime) -> Decision:
    """Take the whole balance when it is due; nothing to record when it is not, or not any more.

    What is frozen (points switched off) or deleted stays as it is; inactive cards expire.
    """
    days = rules.points_expiration_days
    if days is None or not rules.has_points or rules.is_gone or account.is_gone:
        return ()
    idle_since = account.last_activity_at or command.opened_at
    if account.points_balance == 0 or now < idle_since + timedelta(days=days):
        return ()
    return (Entry("points_expired", points_delta=-account.points_balance),)
