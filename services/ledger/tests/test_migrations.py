"""The schema: what the database itself holds, whoever asks."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from kit.migrations import head, upgrade

INSERT = """
INSERT INTO transactions (created_at, sequence, program_version, stamps_delta, points_delta,
  stamps_balance_after, points_balance_after, type, id, card_id, merchant_id, hash, key_hash)
VALUES (now(), %s, 1, 1, 0, 1, 0, 3, gen_random_uuid(), %s, gen_random_uuid(), sha256('x'), %s)
"""
CARD = "00000000-0000-7000-8000-00000000000a"


@pytest.fixture
def made(database: Any) -> Any:
    return database.fresh("ledger")


def test_migrating_again_changes_nothing(made: Any) -> None:
    assert upgrade("ledger", made.owner_url) == head("ledger")


@pytest.mark.parametrize(
    "statement", ["UPDATE transactions SET stamps_delta = 2", "DELETE FROM transactions"]
)
def test_the_applications_role_may_not_change_a_transaction(made: Any, statement: str) -> None:
    with psycopg.connect(made.app_url) as conn:
        conn.execute(INSERT, (1, CARD, None))
        conn.commit()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute(statement)
        conn.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            conn.execute("TRUNCATE transactions")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE transactions SET stamps_delta = 2", "DELETE FROM transactions", "TRUNCATE transactions"],
)
@pytest.mark.parametrize("role", ["owner_url", "superuser_url"])
def test_the_trigger_refuses_it_for_everyone(made: Any, statement: str, role: str) -> None:
    with psycopg.connect(getattr(made, role)) as conn:
        conn.execute(INSERT, (1, CARD, None))
        with pytest.raises(psycopg.errors.RestrictViolation):
            conn.execute(statement)


def test_a_sequence_and_a_key_exist_once(made: Any) -> None:
    with psycopg.connect(made.app_url) as conn:
        conn.execute(INSERT, (1, CARD, b"k" * 16))
        conn.commit()
        with pytest.raises(psycopg.errors.UniqueViolation, match="transactions_card"):
            conn.execute(INSERT, (1, CARD, None))
        conn.rollback()
        with pytest.raises(psycopg.errors.UniqueViolation, match="transactions_key"):
            conn.execute(INSERT, (2, CARD, b"k" * 16))


def test_no_balance_below_zero_can_be_written(made: Any) -> None:
    account = (
        "INSERT INTO accounts (card_id, merchant_id, program_id, card_number, qr_code, last_hash, {})"
        " VALUES (gen_random_uuid(), gen_random_uuid(), gen_random_uuid(), 1, 'q', sha256('x'), -1)"
    )
    for column in ("stamp_count", "points_balance", "stamps_owed", "points_owed", "total_points_earned"):
        with psycopg.connect(made.app_url) as conn, pytest.raises(psycopg.errors.CheckViolation):
            conn.execute(account.format(column))


def test_answers_are_kept_by_day_and_dropped_after_theirs(made: Any) -> None:
    with psycopg.connect(made.owner_url) as conn:
        conn.execute(
            "CREATE TABLE answers_20200101 PARTITION OF answers"
            " FOR VALUES FROM ('2020-01-01') TO ('2020-01-02')"
        )
    with psycopg.connect(made.app_url) as conn:
        conn.execute("SELECT keep_answers(30)")
        conn.execute("SELECT keep_answers(30)")
        names = {
            row[0]
            for row in conn.execute("SELECT relname FROM pg_class WHERE relname ~ '^answers_[0-9]{8}$'")
        }
    assert "answers_20200101" not in names
    assert len(names) == 3
