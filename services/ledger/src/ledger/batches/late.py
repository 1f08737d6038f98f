"""Sales of tills that were offline: their window, and the log that their stamps are held against."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from contracts.problem import Refusal, ValidationFailed
from kit.ids import now
from ledger import store
from ledger.batches.operation import Operation
from ledger.domain import Account, Stamp
from ledger.rulebook import Rulebook
from ledger.store.accounts import Connection

OLDEST = timedelta(hours=24)
FURTHEST_AHEAD = timedelta(seconds=60)
#: Cooldowns last a week at most: no stamp before can matter to the oldest sale.
_LOG = OLDEST + timedelta(days=8)

AccountOf = Callable[[UUID | str | int | None], Account | None]


def out_of_window(sale_at: datetime, at: datetime) -> Refusal | None:
    """A sale of too long ago or too far ahead."""
    if at - sale_at > OLDEST:
        return ValidationFailed.of("sale_at", "too-small", "is more than 24 hours ago")
    if sale_at - at > FURTHEST_AHEAD:
        return ValidationFailed.of("sale_at", "too-large", "is more than 60 seconds ahead")
    return None


async def read_log(
    conn: Connection, taken: Sequence[Operation], account_of: AccountOf, rulebook: Rulebook
) -> dict[UUID, list[datetime]]:
    """When stamps were given to the cards of this batch for which the account's own sums don't tell enough.

    That is a card with a late stamp, or with one of tomorrow, sold ahead of midnight.
    """
    moment = now()
    cards = {
        account.card_id
        for operation in taken
        if isinstance(operation.command, Stamp)
        and (account := account_of(operation.card)) is not None
        and (operation.command.sale_at is not None or _is_ahead(account, rulebook, moment))
    }
    return await store.stamp_times(conn, sorted(cards), moment - _LOG) if cards else {}


def _is_ahead(account: Account, rulebook: Rulebook, moment: datetime) -> bool:
    if account.stamps_day is None or account.stamps_day <= moment.date():
        return False
    rules = rulebook.get(account.program_id)
    return rules is not None and account.stamps_day > rules.today(moment)
