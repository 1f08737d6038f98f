"""`verify` finds whatever was changed, dropped or reordered in the ledger, and names the first bad row."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from rich.console import Console

from ledger import chain
from punchcard.home import Home
from punchcard.problems import Found
from punchcard.verify import verify
from punchcard.verify_command import run

START = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)


def write_card(connection: psycopg.Connection, deltas: list[int]) -> UUID:
    """A card with one stamp row for each delta, as the ledger would have written them."""
    card_id, merchant_id = uuid4(), uuid4()
    previous, balance = chain.BEGINNING, 0
    for number, delta in enumerate(deltas, 1):
        balance += delta
        columns = dict.fromkeys(chain.COLUMNS.replace(" ", "").split(","))
        columns |= {
            "id": uuid4(),
            "card_id": card_id,
            "sequence": number,
            "merchant_id": merchant_id,
            "type": chain.TYPE_NUMBERS["stamp_earned" if delta > 0 else "stamp_redeemed"],
            "stamps_delta": delta,
            "points_delta": 0,
            "stamps_balance_after": balance,
            "points_balance_after": 0,
            "program_version": 1,
            "created_at": START + timedelta(minutes=number),
        }
        columns["hash"] = previous = chain.row_hash(previous, chain.row_of(columns))
        names = ", ".join(columns)
        places = ", ".join(f"%({name})s" for name in columns)
        connection.execute(f"INSERT INTO transactions ({names}) VALUES ({places})", columns)
    connection.execute(
        "INSERT INTO accounts (card_id, merchant_id, program_id, card_number, qr_code, sequence, stamp_count,"
        " total_stamps_earned, stamps_redeemed, last_hash) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(card_id, merchant_id, uuid4(), card_id.int % 10**12, str(card_id), len(deltas), balance),
            *(sum(delta for delta in deltas if delta > 0), sum(delta < 0 for delta in deltas), previous),
        ],
    )
    return card_id


@pytest.fixture
def ledger(database):
    """A ledger whose guards are off, as somebody with the database's password could switch them off."""
    urls = database.fresh("ledger")
    with psycopg.connect(urls.superuser_url, autocommit=True) as connection:
        connection.execute("ALTER TABLE transactions DISABLE TRIGGER ALL")
        yield urls.superuser_url, connection


def test_a_whole_ledger_is_right(ledger):
    url, connection = ledger
    for deltas in ([1, 1, 1], [1] * 10 + [-10], []):
        write_card(connection, deltas)

    verdict = verify(url)

    assert verdict == (3, 14, 0, [])


@pytest.mark.parametrize(
    "change",
    [
        "program_version = 2",
        "stamps_delta = 2",
        "stamps_balance_after = 5",
        "created_at = created_at + interval '1 microsecond'",
        "merchant_id = gen_random_uuid()",
        "order_reference = ''",
        "hash = set_byte(hash, 31, get_byte(hash, 31) # 1)",
    ],
)
def test_one_changed_value_is_found_and_its_row_is_named(ledger, change):
    url, connection = ledger
    write_card(connection, [1, 1, 1])
    card_id = write_card(connection, [1, 1, 1, 1])
    changed = connection.execute(
        f"UPDATE transactions SET {change} WHERE card_id = %s AND sequence = 3 RETURNING id", [card_id]
    ).fetchone()

    verdict = verify(url)

    assert verdict.faulty_cards == 1
    (fault,) = verdict.faults
    assert (fault.card_id, fault.sequence, fault.transaction_id) == (card_id, 3, changed[0])


@pytest.mark.parametrize("gone", [1, 2, 3])
def test_a_dropped_row_is_found_the_last_one_too(ledger, gone):
    url, connection = ledger
    card_id = write_card(connection, [1, 1, 1])
    connection.execute("DELETE FROM transactions WHERE card_id = %s AND sequence = %s", [card_id, gone])

    assert [fault.card_id for fault in verify(url).faults] == [card_id]


def test_a_card_that_lost_all_its_rows_is_found(ledger):
    url, connection = ledger
    write_card(connection, [1])
    card_id = write_card(connection, [1, 1])
    connection.execute("DELETE FROM transactions WHERE card_id = %s", [card_id])

    assert [fault.card_id for fault in verify(url).faults] == [card_id]


def test_rows_without_an_account_are_found(ledger):
    url, connection = ledger
    card_id = write_card(connection, [1, 1])
    connection.execute("DELETE FROM accounts WHERE card_id = %s", [card_id])

    (fault,) = verify(url).faults
    assert (fault.card_id, fault.what) == (card_id, "there are rows but no account")


def test_a_balance_that_does_not_match_its_rows_is_found(ledger):
    url, connection = ledger
    card_id = write_card(connection, [1, 1])
    connection.execute("UPDATE accounts SET stamp_count = 3 WHERE card_id = %s", [card_id])

    assert [fault.card_id for fault in verify(url).faults] == [card_id]


def test_progress_reaches_the_number_of_rows(ledger):
    url, connection = ledger
    write_card(connection, [1, 1])
    write_card(connection, [1])
    seen = []

    verify(url, lambda done, total: seen.append((done, total)))

    assert seen[-1] == (3, 3)


def test_the_command_names_the_first_bad_row_and_ends_with_1(ledger, tmp_path, capsys):
    url, connection = ledger
    card_id = write_card(connection, [1, 1, 1])
    (changed,) = connection.execute(
        "UPDATE transactions SET stamps_delta = 5 WHERE card_id = %s AND sequence = 2 RETURNING id", [card_id]
    ).fetchone()

    with pytest.raises(Found) as found:
        run(Home(tmp_path), url, as_json=True, out=Console(), err=Console(stderr=True))

    assert found.value.exit_code == 1
    assert f"card {card_id}, row 2, transaction {changed}" in str(found.value)
    document = json.loads(capsys.readouterr().out)
    assert document["ok"] is False
    assert document["faults"][0]["transaction_id"] == str(changed)
