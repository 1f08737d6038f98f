"""From a decided entry to the row as it is written: moved, chained, and told."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from kit.ids import instant_text, uuid7
from kit.telemetry import Trace
from ledger import store
from ledger.chain import Row, row_hash
from ledger.domain import Account, Asker, Entry, Rules, record
from ledger.facts import transaction_recorded


class Unnumbered(NamedTuple):
    """A written transaction whose texts have no numbers yet."""

    written: store.Written
    user_agent: str | None
    staff_name: str | None

    def numbered(self, numbers: dict[str, int]) -> store.Written:
        agent = numbers[self.user_agent] if self.user_agent else None
        staff = numbers[self.staff_name] if self.staff_name else None
        return self.written._replace(user_agent_id=agent, staff_name_id=staff)


def write_row(
    account: Account,
    entry: Entry,
    rules: Rules,
    asker: Asker | None,
    at: datetime,
    by: Trace,
    keys: tuple[bytes | None, bytes | None] = (None, None),
    key_part: int = 0,
    sale_at: datetime | None = None,
) -> store.Written:
    """Move the account by this entry, chain its row to the one before. The ledger itself has no `asker`."""
    record(account, entry, rules, sale_at or at)
    key_hash, request_hash = keys
    row = Row(
        card_id=account.card_id,
        created_at=instant_text(at),
        id=uuid7(),
        merchant_id=account.merchant_id,
        points_balance_after=account.points_balance,
        points_delta=entry.points_delta,
        program_version=rules.version,
        sequence=account.sequence,
        stamps_balance_after=account.stamp_count,
        stamps_delta=entry.stamps_delta,
        type=entry.type,
        currency=entry.currency,
        idempotency_key_hash=key_hash.hex() if key_hash else None,
        order_reference=entry.order_reference,
        owed_repaid=entry.owed_repaid,
        purchase_amount_cents=entry.purchase_amount_cents,
        request_hash=request_hash.hex() if request_hash else None,
        reward_description=entry.reward_description,
        reward_id=entry.reward_id,
        reward_value_cents=entry.reward_value_cents,
        staff_id=entry.staff_id,
        store_id=asker.store_id if asker else None,
        terminal_id=asker.terminal_id if asker else None,
        transaction_at=instant_text(sale_at) if sale_at else None,
        user_id=asker.user_id if asker else None,
    )
    if entry.reversal is not None:
        row.voids_transaction_id = entry.reversal.target.id
        row.voided_amount_cents = entry.reversal.amount_cents
        row.shortfall = entry.reversal.shortfall
    account.last_hash = row_hash(account.last_hash, row)
    event = transaction_recorded(row, account.last_hash, account, by)
    hashed = (account.last_hash, key_hash, request_hash, key_part)
    return store.Written(row, at, sale_at, *hashed, event, None, None, None, None, None)
