"""`punchcard verify --all` on deliveries: what the wallet's database says of itself has to agree."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from punchcard.verify_wallet import Deliveries, deliveries_of


@pytest.fixture
def wallet(database: Any) -> Any:
    """A wallet's database with a pass that shows what it is to show, delivered a moment ago."""
    made = database.fresh("wallet")
    with psycopg.connect(made.superuser_url) as connection:
        connection.execute(
            "INSERT INTO passes (card_id, merchant_id, program_id, sequence_wanted, revision, stamp_count,"
            " last_hash, last_transaction_at) VALUES (%s, %s, %s, 4, 7, 3, 'ab', now())",
            [CARD, uuid4(), uuid4()],
        )
        connection.execute(
            "INSERT INTO delivery_log"
            " (id, card_id, platform, at, outcome, sequence, revision, devices, took_ms) VALUES"
            " (gen_random_uuid(), %s, 'apple', now() - interval '1 s', 'not-now', 3, 6, 0, 5),"
            " (gen_random_uuid(), %s, 'apple', now(), 'delivered', 4, 7, 1, 5)",
            [CARD, CARD],
        )
        connection.execute(
            "INSERT INTO deliveries (card_id, platform, merchant_id, program_id, status, sequence_shown,"
            " revision_shown, behind_since, last_delivered_at)"
            " SELECT card_id, 'apple', merchant_id, program_id, 'current', 4, 7, NULL, now() FROM passes"
        )
    return made


CARD = UUID("0197c1c2-7d3e-7b1a-9c52-3f1f0f6f9a10")


def by_hand(wallet: Any, statement: str) -> Deliveries:
    with psycopg.connect(wallet.superuser_url) as connection:
        connection.execute(statement)  # type: ignore[call-overload]
    return deliveries_of(wallet.superuser_url)


def test_a_wallet_that_tells_the_truth_is_right(wallet: Any):
    found = deliveries_of(wallet.superuser_url)

    assert found.wrong == []
    assert (found.compared, found.behind, found.attempts) == (1, 0, 2)


@pytest.mark.parametrize("change", ["revision = 8", "sequence_wanted = 5"])
def test_a_delivery_that_says_current_and_is_not_is_found(wallet: Any, change: str):
    assert by_hand(wallet, f"UPDATE passes SET {change}").untrue == [CARD]


def test_one_that_says_it_is_behind_is_none(wallet: Any):
    found = by_hand(
        wallet,
        "UPDATE deliveries SET status = 'behind', behind_since = now(); UPDATE passes SET revision = 8",
    )

    assert (found.wrong, found.behind) == ([], 1)


def test_a_delivery_that_the_log_does_not_hold_is_found(wallet: Any):
    assert by_hand(wallet, "DELETE FROM delivery_log WHERE outcome = 'delivered'").unlogged == [CARD]


def test_a_log_of_a_state_that_never_was_is_found(wallet: Any):
    assert by_hand(wallet, "UPDATE delivery_log SET revision = 99 WHERE outcome = 'not-now'").beyond == [CARD]


def test_what_was_delivered_before_the_log_s_days_need_not_be_in_it(wallet: Any):
    found = by_hand(
        wallet,
        "DELETE FROM delivery_log WHERE outcome = 'delivered';"
        " UPDATE deliveries SET last_delivered_at = now() - interval '31 days'",
    )

    assert found.wrong == []
