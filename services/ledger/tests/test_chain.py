"""The hash chain, without a database."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.ledger import TransactionRecorded, TransactionType
from kit.telemetry import Trace
from ledger.chain import BEGINNING, TYPES, Row, canonical, row_hash, row_of
from ledger.check import check_card
from ledger.domain import Account
from ledger.facts import transaction_recorded
from ledger.totals import COLUMNS as TOTALS

AT = datetime(2026, 1, 2, 3, 4, 5, 600, tzinfo=UTC)
CARD = UUID(int=7)


def columns(number: int, **changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "id": UUID(int=number), "card_id": CARD, "sequence": number, "merchant_id": UUID(int=9),
        "store_id": None, "terminal_id": None, "staff_id": None, "user_id": None, "type": 3,
        "stamps_delta": 1, "points_delta": 0, "stamps_balance_after": number, "points_balance_after": 0,
        "purchase_amount_cents": None, "currency": None, "order_reference": None, "reward_id": None,
        "reward_description": "Café “x”\n", "reward_value_cents": None, "voids_transaction_id": None,
        "voided_amount_cents": None, "shortfall": None, "owed_repaid": None,
        "program_version": 1, "key_hash": b"k" * 16, "request_hash": b"r" * 16, "transaction_at": None,
        "created_at": AT, "hash": b"", **changes,
    }  # fmt: skip
    return values


def a_chain(length: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    rows, previous = [], BEGINNING
    for number in range(1, length + 1):
        row = columns(number)
        row["hash"] = previous = row_hash(previous, row_of(row))
        rows.append(row)
    return rows, an_account(length, previous, total_stamps_earned=length)


def an_account(length: int, last_hash: bytes, **changes: Any) -> dict[str, Any]:
    """What `verify` reads of an account after that many stamps."""
    totals = dict.fromkeys(TOTALS.split(", "), 0) | {"is_active": True}
    kept = {"sequence": length, "stamp_count": length, "points_balance": 0, "last_hash": last_hash}
    return {**totals, **kept, **changes}


def test_the_canonical_row_is_rfc_8785() -> None:
    row = row_of(columns(1))
    # For ASCII names, strings, booleans and small whole numbers, this is the canonical form.
    again = json.dumps(json.loads(canonical(row)), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert canonical(row) == again.encode()
    assert b"null" not in canonical(row)
    assert row_hash(BEGINNING, row) == hashlib.sha256(bytes(32) + again.encode()).digest()


def test_a_chain_that_nobody_touched_is_good() -> None:
    rows, account = a_chain(5)
    assert check_card(CARD, rows, account) is None


@pytest.mark.parametrize(
    "change",
    [
        {"stamps_delta": 2}, {"stamps_balance_after": 9}, {"points_delta": 1}, {"store_id": uuid4()},
        {"staff_id": uuid4()}, {"created_at": AT.replace(microsecond=601)}, {"transaction_at": AT},
        {"type": 6}, {"type": 99}, {"merchant_id": uuid4()}, {"id": uuid4()}, {"key_hash": b"x" * 16},
        {"program_version": 2}, {"request_hash": None}, {"order_reference": "A"},
        {"reward_description": "Cafe"}, {"shortfall": 0},
        {"purchase_amount_cents": 1}, {"currency": "EUR"}, {"hash": bytes(32)}, {"owed_repaid": 1},
    ],
)  # fmt: skip
def test_a_changed_row_is_found_and_named(change: dict[str, Any]) -> None:
    rows, account = a_chain(5)
    rows[2] = {**rows[2], **change}
    fault = check_card(CARD, rows, account)
    assert fault is not None
    assert fault.sequence == 3


def test_dropped_and_reordered_rows_are_found() -> None:
    rows, account = a_chain(5)
    assert check_card(CARD, rows[:2] + rows[3:], account) is not None
    assert check_card(CARD, [rows[0], rows[2], rows[1], *rows[3:]], account) is not None
    # The last one too: the account holds its hash.
    assert check_card(CARD, rows[:4], account) is not None
    assert check_card(CARD, rows, None) is not None


def test_a_row_that_was_changed_with_its_whole_chain_does_not_match_the_account() -> None:
    rows, _ = a_chain(3)
    account = an_account(3, bytes(32), total_stamps_earned=3)
    assert check_card(CARD, rows, account) is not None


def test_every_member_that_is_hashed_has_its_column() -> None:
    hashed = set(Row.__struct_fields__)
    named = {"key_hash": "idempotency_key_hash"}
    assert {named.get(name, name) for name in columns(1)} - {"hash"} == hashed


def test_types_are_those_of_the_contract_in_their_lasting_order() -> None:
    assert TransactionType.__args__ == TYPES  # type: ignore[attr-defined]
    assert (TYPES.index("card_created"), TYPES.index("card_reactivated")) == (0, 12)


def test_the_event_is_what_the_contract_says() -> None:
    account = Account(CARD, UUID(int=9), UUID(int=8), "123456789012", stamp_count=3, last_activity_at=AT)
    row = row_of(columns(3, owed_repaid=1, currency="EUR", reward_id=uuid4()))

    body = json.loads(transaction_recorded(row, b"h" * 32, account, Trace("request", "trace", "event")))

    fact = TransactionRecorded.model_validate(body["data"])
    assert json.loads(fact.model_dump_json()) == body["data"]
    assert (body["sequence"], body["subject"], body["type"]) == (fact.order(), fact.key(), fact.type)
    assert (body["correlationid"], body["causationid"]) == ("request", "event")
