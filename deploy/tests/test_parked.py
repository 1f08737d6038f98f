"""Parked events are listed, retried and discarded by a person's decision."""

from uuid import UUID, uuid4

import psycopg
import pytest

from punchcard import parked
from punchcard.problems import WrongUsage


@pytest.fixture
def wallet(database):
    urls = database.fresh("wallet")
    with psycopg.connect(urls.app_url, autocommit=True) as connection:
        yield {"wallet": urls.app_url}, connection


def park(connection: psycopg.Connection, state: str, offset: int, key: str = "card") -> UUID:
    row = connection.execute(
        "INSERT INTO parked_events (id, topic, partition, record_offset, key, value, state, reason)"
        " VALUES (%s, 'ledger-events', 0, %s, %s, '{}', %s, 'unreadable') RETURNING id",
        [uuid4(), offset, key, state],
    ).fetchone()
    return row[0]


def state_of(connection: psycopg.Connection, event_id: UUID) -> str:
    return connection.execute("SELECT state FROM parked_events WHERE id = %s", [event_id]).fetchone()[0]


def test_open_events_are_listed_and_finished_ones_only_when_asked_for(wallet):
    urls, connection = wallet
    shown = {park(connection, state, n) for n, state in enumerate(("parked", "behind", "retry"))}
    finished = {park(connection, state, n + 10) for n, state in enumerate(("done", "discarded"))}

    assert {event.id for event in parked.listed(urls)} == shown
    assert {event.id for event in parked.listed(urls, all_states=True)} == shown | finished
    assert {event.service for event in parked.listed(urls)} == {"wallet"}


def test_a_decision_reaches_the_event_it_names_and_no_other(wallet):
    urls, connection = wallet
    first, second = park(connection, "parked", 1), park(connection, "parked", 2, key="another")

    assert parked.retry(urls, first).state == "retry"
    assert parked.discard(urls, second).state == "discarded"

    assert (state_of(connection, first), state_of(connection, second)) == ("retry", "discarded")


@pytest.mark.parametrize("state", ["behind", "retry", "done", "discarded"])
def test_only_a_parked_event_takes_a_decision(wallet, state):
    urls, connection = wallet
    event_id = park(connection, state, 1)

    for decide in (parked.retry, parked.discard):
        with pytest.raises(WrongUsage, match=str(event_id)):
            decide(urls, event_id)

    assert state_of(connection, event_id) == state
