"""Parked events over HTTP, between services: listed, tried again, given up, with an audit row each time."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from kit import audit, parked
from kit.app import Service
from kit.identity import Caller
from kit.ids import uuid7
from kit.tables import sqlalchemy_url
from kit.testing import Keys, client

ADMIN = Caller("admin", user_id=uuid4())
EVENT = {"type": "x.y-changed.v1", "data": {"id": "1"}}


@pytest.fixture
async def service(plain_database: str, service_on: Callable[..., Service]) -> AsyncIterator[Service]:
    engine = create_engine(sqlalchemy_url(plain_database), poolclass=NullPool)
    with engine.begin() as connection:
        audit.create_audit(Operations(MigrationContext.configure(connection)))
    service = service_on(plain_database)
    service.include(audit.router(), parked.router())
    yield service
    await service.engine.dispose()


@pytest.fixture
def park(service: Service) -> Callable[..., Any]:
    async def one(state: str = "parked", value: bytes = json.dumps(EVENT).encode(), offset: int = 0) -> UUID:
        event_id = uuid7()
        async with service.work() as tx:
            await tx.conn.execute(
                text(
                    "INSERT INTO parked_events"
                    " (id, topic, partition, record_offset, key, value, state, reason)"
                    " VALUES (:id, 't', 0, :offset, 'k', :value, :state, 'unreadable')"
                ),
                {"id": event_id, "offset": offset, "value": value, "state": state},
            )
        return event_id

    return one


@pytest.fixture
def ask(service: Service, keys: Keys) -> Callable[..., Any]:
    async def send(method: str, path: str, by: Caller, key: str = "", **asked: Any) -> Any:
        headers = {**keys.bearer(by), **({"idempotency-key": key} if key else {})}
        async with client(service.app, headers) as http:
            return await http.request(method, f"/internal/parked{path}", params=asked)

    return send


GATEWAY = Caller("service", service="gateway")


async def test_open_events_are_listed_newest_first_in_pages(ask, park):
    first, second, third = [
        await park(state, offset=n) for n, state in enumerate(("parked", "behind", "retry"))
    ]
    done = await park("done", offset=9)

    page = (await ask("GET", "", GATEWAY, limit=2)).json()
    rest = (await ask("GET", "", GATEWAY, before=page[-1]["id"])).json()
    ended = (await ask("GET", "", GATEWAY, state=["done", "discarded"])).json()

    assert [row["id"] for row in page + rest] == [str(third), str(second), str(first)]
    assert [row["id"] for row in ended] == [str(done)]
    assert (page[0]["type"], page[0]["event"]) == ("x.y-changed.v1", EVENT)


@pytest.mark.parametrize(
    "value", [b'{"specversion": "1.0", "da', b"[1]", b"\xff", b'{"a": "%s"}' % (b"x" * 70_000)]
)
async def test_what_cannot_be_read_or_is_too_long_is_not_shown(ask, park, value):
    event_id = await park(value=value)

    row = (await ask("GET", f"/{event_id}", GATEWAY)).json()

    assert (row["id"], row["type"], row["event"]) == (str(event_id), None, None)


@pytest.mark.parametrize(
    ("decision", "action", "state"), [("retry", "retried", "retry"), ("discard", "discarded", "discarded")]
)
async def test_a_decision_is_taken_once_and_leaves_one_audit_row(service, ask, park, decision, action, state):
    event_id = await park()

    answers = [await ask("POST", f"/{event_id}/{decision}", ADMIN) for _ in range(2)]

    assert [(answer.status_code, answer.json()["state"]) for answer in answers] == [(200, state)] * 2
    async with service.work.read() as conn:
        (row,) = await audit.newest(conn, audit.Asked())
    assert (row["action"], row["kind"], row["thing_id"]) == (action, "parked-event", str(event_id))
    assert (row["before"], row["after"]) == ({"state": "parked"}, {"state": state})
    assert row["actor"] == {"id": str(ADMIN.user_id), "role": "admin"}


@pytest.mark.parametrize(
    ("state", "decision"),
    [
        ("behind", "retry"),
        ("discarded", "retry"),
        ("behind", "discard"),
        ("retry", "discard"),
        ("done", "discard"),
    ],
)
async def test_what_is_not_parked_takes_no_other_decision(service, ask, park, state, decision):
    event_id = await park(state)

    refused = await ask("POST", f"/{event_id}/{decision}", ADMIN)

    assert (refused.status_code, refused.json()["code"]) == (409, "change-not-allowed")
    assert state in refused.json()["detail"]
    assert (await ask("GET", f"/{event_id}", GATEWAY)).json()["state"] == state


async def test_a_key_gives_the_first_answer_again(ask, park):
    event_id, key = await park(), "an-idempotency-key-1"

    first, again = [await ask("POST", f"/{event_id}/retry", ADMIN, key) for _ in range(2)]
    other = await ask("POST", f"/{event_id}/discard", ADMIN, key)

    assert first.content == again.content
    assert again.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")


async def test_an_unknown_event_is_not_found_and_a_strange_key_refused(ask, park):
    assert (await ask("GET", f"/{uuid7()}", GATEWAY)).status_code == 404
    assert (await ask("POST", f"/{uuid7()}/retry", ADMIN)).status_code == 404
    assert (await ask("POST", f"/{await park()}/retry", ADMIN, "short")).status_code == 400


@pytest.mark.parametrize(
    "by", [Caller("owner", uuid4(), user_id=uuid4()), Caller("terminal", uuid4()), GATEWAY]
)
async def test_only_an_admin_decides(ask, park, by):
    assert (await ask("POST", f"/{await park()}/discard", by)).status_code == 403


async def test_only_a_service_reads(ask):
    assert (await ask("GET", "", ADMIN)).status_code == 403
