"""A changed or dropped row of the ledger: refused, and found when somebody did it all the same."""

from __future__ import annotations

import json

import psycopg
import pytest
from psycopg.errors import InsufficientPrivilege, RestrictViolation
from typer.testing import CliRunner

from punchcard.main import app

#: One byte or number of a row, and how it is changed.
CHANGES = {
    "hash": "hash = set_byte(hash, 7, get_byte(hash, 7) # 1)",
    "key_hash": "key_hash = set_byte(key_hash, 0, get_byte(key_hash, 0) # 128)",
    "stamps_delta": "stamps_delta = stamps_delta + 1",
    "stamps_balance_after": "stamps_balance_after = stamps_balance_after + 1",
    "created_at": "created_at = created_at + interval '1 microsecond'",
    "program_version": "program_version = program_version + 1",
    "terminal_id": "terminal_id = card_id",
    "type": "type = 6",
}


@pytest.fixture(scope="module")
def card(shop):
    """A card with four rows; the third is the one that is meddled with."""
    card = shop.enrol()["id"]
    for _ in range(3):
        shop.move("stamp", {"card_id": card})
    return card


def verify(platform):
    environment = {"PUNCHCARD_HOME": str(platform.stack.home.path)}
    said = CliRunner().invoke(app, ["verify", "--json"], env=environment)
    return json.loads(said.stdout), said


def meddle(platform, statement, *params):
    """As the superuser, past the trigger."""
    with psycopg.connect(platform.stack.urls("ledger").superuser) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        assert connection.execute(statement, params).rowcount == 1


@pytest.mark.parametrize("column", CHANGES)
def test_a_changed_row_is_found_and_named(platform, shop, card, column):
    transaction_id = shop.transactions(card)[2][0]
    kept = platform.one("ledger", f"SELECT {column} FROM transactions WHERE id = %s", transaction_id)
    meddle(platform, f"UPDATE transactions SET {CHANGES[column]} WHERE id = %s", transaction_id)
    try:
        verdict, said = verify(platform)
    finally:
        meddle(platform, f"UPDATE transactions SET {column} = %s WHERE id = %s", kept, transaction_id)

    (fault,) = verdict["faults"]
    assert (fault["card_id"], fault["sequence"], fault["transaction_id"]) == (card, 3, transaction_id)
    assert said.exit_code != 0
    assert transaction_id in str(said.exception), "the first bad row is named in the sentence too"
    assert verify(platform)[0]["ok"]


@pytest.mark.parametrize("sequence", [2, 4])
def test_a_dropped_row_is_found(platform, card, sequence):
    copy = "SELECT to_jsonb(t)::text FROM transactions t WHERE card_id = %s AND sequence = %s"
    kept = platform.one("ledger", copy, card, sequence)
    meddle(platform, "DELETE FROM transactions WHERE card_id = %s AND sequence = %s", card, sequence)
    try:
        verdict, _ = verify(platform)
    finally:
        again = "INSERT INTO transactions SELECT * FROM jsonb_populate_record(null::transactions, %s::jsonb)"
        meddle(platform, again, kept)

    assert [fault["card_id"] for fault in verdict["faults"]] == [card]
    assert verify(platform)[0]["ok"]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE transactions SET stamps_delta = 5 WHERE card_id = %s",
        "DELETE FROM transactions WHERE card_id = %s",
    ],
)
def test_no_role_changes_a_transaction(platform, card, statement):
    urls = platform.stack.urls("ledger")
    refusals = [(urls.app, InsufficientPrivilege), (urls.owner, RestrictViolation)]

    for url, refusal in [*refusals, (urls.superuser, RestrictViolation)]:
        with psycopg.connect(url) as connection, pytest.raises(refusal):
            connection.execute(statement, [card])

    assert verify(platform)[0]["ok"]
