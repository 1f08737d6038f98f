"""What the gateway answers itself: audit rows and parked events of all services, as one list."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from gateway.edge.own.audit import AUDITED
from gateway.edge.own.parked import HEARING
from kit.ids import instant_text, now, uuid7

from .conftest import ADMIN

AUDIT, PARKED = f"{ADMIN}/audit", f"{ADMIN}/events/parked"
House = Any


def audit_row(kind: str = "store") -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "at": instant_text(now()),
        "actor": {"id": str(uuid7()), "role": "owner"},
        "merchant_id": str(uuid7()),
        "action": "changed",
        "kind": kind,
        "thing_id": str(uuid7()),
        "changed": ["name"],
        "before": {"name": "A"},
        "after": {"name": "B"},
        "request_id": "r-1",
    }


def parked_row(state: str = "parked", **members: Any) -> dict[str, Any]:
    row = {
        "id": str(uuid7()),
        "topic": "ledger-events",
        "key": "card",
        "type": None,
        "state": state,
        "reason": "unreadable",
        "tries": 0,
        "parked_at": instant_text(now()),
        "ended_at": None,
        "event": None,
    }
    return {**row, **members}


def as_admin(house: House, **headers: str) -> httpx.AsyncClient:
    return house.calls(authorization=f"Bearer {house.token(house.admin)}", **headers)


def have(house: House, path: str, rows: dict[str, list[dict[str, Any]]], services: Any) -> None:
    """Each service has these rows at this path, whatever is asked."""
    for name in services:
        house.services[name].answer("GET", path, (200, rows.get(name, []), {}))


def none_has(house: House, event_id: str) -> None:
    for name in HEARING:
        house.services[name].answer("GET", f"/internal/parked/{event_id}", (404, {}, {}))


# -- audit


async def test_the_audit_of_all_services_is_one_list_newest_first(house: House):
    rows = [audit_row() for _ in range(4)]
    given = {"programs": [rows[3], rows[0]], "cards": [rows[2]], "wallet": [rows[1]]}
    have(house, "/internal/audit", given, AUDITED)

    async with as_admin(house) as http:
        answer = await http.get(AUDIT)

    assert answer.status_code == 200
    assert [row["id"] for row in answer.json()["items"]] == [row["id"] for row in reversed(rows)]
    assert [row["service"] for row in answer.json()["items"]] == ["programs", "cards", "wallet", "programs"]
    assert answer.json()["next_cursor"] is None
    assert answer.headers["cache-control"] == "no-store"


async def test_a_page_goes_on_where_the_one_before_ended(house: House):
    rows = [audit_row() for _ in range(3)]
    have(house, "/internal/audit", {"programs": [rows[2], rows[1]], "cards": [rows[0]]}, AUDITED)

    async with as_admin(house) as http:
        first = (await http.get(AUDIT, params={"limit": 2})).json()
        await http.get(AUDIT, params={"limit": 2, "cursor": first["next_cursor"], "kind": "store"})

    assert [row["id"] for row in first["items"]] == [rows[2]["id"], rows[1]["id"]]
    asked = [httpx.URL(seen.path).params for seen in house.programs.asked]
    assert dict(asked[0]) == {"limit": "3"}, "one more than is shown says whether there are more"
    assert dict(asked[1]) == {"limit": "3", "before": rows[1]["id"], "kind": "store"}


async def test_every_service_is_asked_by_all_filters_in_the_gateways_own_name(house: House):
    have(house, "/internal/audit", {}, AUDITED)
    asked = {"merchant_id": str(uuid7()), "actor_id": str(uuid7()), "thing_id": str(uuid7()), "kind": "card"}

    async with as_admin(house) as http:
        answer = await http.get(AUDIT, params=asked)

    assert answer.json() == {"items": [], "next_cursor": None}
    for name in AUDITED:
        (seen,) = house.services[name].asked
        assert dict(httpx.URL(seen.path).params) == {**asked, "limit": "51"}
        assert house.caller_of(seen).role == "service"


@pytest.mark.parametrize("path", [AUDIT, PARKED])
@pytest.mark.parametrize("away", ["stopped", "failing", "without the route"])
async def test_a_list_with_a_part_missing_is_refused_not_shortened(house: House, path: str, away: str):
    have(house, "/internal/audit", {"programs": [audit_row()]}, AUDITED)
    have(house, "/internal/parked", {"cards": [parked_row()]}, HEARING)
    if away == "stopped":
        await house.services["wallet"].stop()
    else:
        status = 500 if away == "failing" else 404
        for internal in ("/internal/audit", "/internal/parked"):
            house.services["wallet"].answer("GET", internal, (status, {}, {}))

    async with as_admin(house) as http:
        answer = await http.get(path)

    assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")
    assert "wallet" in answer.json()["detail"]
    assert answer.json()["instance"] == path


@pytest.mark.parametrize("path", [AUDIT, PARKED])
async def test_only_admins_read_them(house: House, path: str):
    async with house.as_till() as till, house.as_owner() as owner, house.calls() as nobody:
        answers = [(await one.get(path)).status_code for one in (till, owner, nobody)]

    assert answers == [403, 403, 401]
    assert house.programs.asked == house.cards.asked == []


@pytest.mark.parametrize("path", [AUDIT, PARKED])
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"limit": 0}, "too-small"),
        ({"limit": 101}, "too-large"),
        ({"cursor": "x"}, "bad-format"),
    ],
)
async def test_a_page_that_cannot_be_is_refused(house: House, path: str, asked: Any, code: str):
    async with as_admin(house) as http:
        answer = await http.get(path, params=asked)

    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [
        (next(iter(asked)), code)
    ]


async def test_another_method_is_answered_as_anywhere(house: House):
    async with as_admin(house) as http:
        answer = await http.post(AUDIT, json={})

    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer.headers["allow"] == "GET"


async def test_own_operations_stand_in_the_public_document(house: House):
    async with house.calls() as http:
        document = (await http.get("/openapi.json")).json()

    for path, method in ((AUDIT, "get"), (PARKED, "get"), (f"{PARKED}/{{event_id}}/retry", "post")):
        operation = document["paths"][path][method]
        assert operation["security"] == [{"userToken": ["admin"]}]
        assert {"200", "401", "403", "422", "503"} <= operation["responses"].keys()
        assert not any(name.startswith("x-") for name in operation)


# -- parked events


async def test_parked_events_of_all_services_are_one_list(house: House):
    rows = [parked_row(), parked_row("behind")]
    have(house, "/internal/parked", {"cards": [rows[0]], "wallet": [rows[1]]}, HEARING)

    async with as_admin(house) as http:
        answer = (await http.get(PARKED)).json()
        await http.get(PARKED, params={"state": ["done", "discarded"]})

    shown = [(row["id"], row["service"], row["state"]) for row in answer["items"]]
    assert shown == [(rows[1]["id"], "wallet", "behind"), (rows[0]["id"], "cards", "parked")]
    asked = httpx.URL(house.cards.asked[-1].path).params
    assert asked.get_list("state") == ["done", "discarded"]


@pytest.mark.parametrize("decision", ["retry", "discard"])
async def test_a_decision_reaches_the_service_that_has_the_event_in_the_admins_name(
    house: House, decision: str
):
    row = parked_row("retry" if decision == "retry" else "discarded")
    none_has(house, row["id"])
    wallet = house.services["wallet"]
    wallet.answer("GET", f"/internal/parked/{row['id']}", (200, row, {}))
    wallet.answer(
        "POST", f"/internal/parked/{row['id']}/{decision}", (200, row, {"idempotency-replayed": "true"})
    )

    async with as_admin(house, idempotency_key="an-idempotency-key-1") as http:
        answer = await http.post(f"{PARKED}/{row['id']}/{decision}")

    assert answer.status_code == 200, answer.text
    assert answer.json() == {**row, "service": "wallet"}
    assert answer.headers["idempotency-replayed"] == "true"
    decided = wallet.asked[-1]
    assert house.caller_of(decided).user_id == house.admin.id
    assert decided.headers["idempotency-key"] == "an-idempotency-key-1"
    assert [seen.method for seen in house.cards.asked] == ["GET"]


async def test_an_event_that_no_service_has_is_not_found(house: House):
    event_id = str(uuid7())
    none_has(house, event_id)

    async with as_admin(house) as http:
        answer = await http.post(f"{PARKED}/{event_id}/retry")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


async def test_whether_a_silent_service_has_it_is_not_known(house: House):
    event_id = str(uuid7())
    none_has(house, event_id)
    await house.services["wallet"].stop()

    async with as_admin(house) as http:
        answer = await http.post(f"{PARKED}/{event_id}/retry")

    assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")


async def test_a_refused_decision_names_the_path_that_was_asked(house: House):
    event_id = str(uuid7())
    none_has(house, event_id)
    internal = f"/internal/parked/{event_id}"
    house.cards.answer("GET", internal, (200, parked_row("done"), {}))
    problem = {"code": "change-not-allowed", "status": 409, "instance": f"{internal}/discard"}
    house.cards.answer(
        "POST", f"{internal}/discard", (409, problem, {"content-type": "application/problem+json"})
    )

    async with as_admin(house) as http:
        answer = await http.post(f"{PARKED}/{event_id}/discard")

    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {**problem, "instance": f"{PARKED}/{event_id}/discard"}


async def test_what_the_gateway_itself_parked_is_decided_here_and_leaves_an_audit_row(house: House):
    event_id = await _park_here(house)
    none_has(house, str(event_id))
    have(house, "/internal/parked", {}, HEARING)
    have(house, "/internal/audit", {}, AUDITED)

    async with as_admin(house) as http:
        (listed,) = (await http.get(PARKED)).json()["items"]
        decided = [await http.post(f"{PARKED}/{event_id}/discard") for _ in range(2)]
        too_late = await http.post(f"{PARKED}/{event_id}/retry")
        (audited,) = (await http.get(AUDIT, params={"thing_id": str(event_id)})).json()["items"]

    assert (listed["service"], listed["type"], listed["event"]["data"]) == (
        "gateway",
        "x.y-changed.v1",
        {"a": 1},
    )
    assert [(one.status_code, one.json()["state"]) for one in decided] == [(200, "discarded")] * 2
    assert (too_late.status_code, too_late.json()["code"]) == (409, "change-not-allowed")
    assert too_late.json()["instance"] == f"{PARKED}/{event_id}/retry"
    assert (audited["service"], audited["action"], audited["kind"]) == (
        "gateway",
        "discarded",
        "parked-event",
    )
    assert audited["actor"] == {"id": str(house.admin.id), "role": "admin"}


async def _park_here(house: House) -> UUID:
    event_id = uuid7()
    value = json.dumps({"type": "x.y-changed.v1", "data": {"a": 1}}).encode()
    async with house.service.work() as tx:
        await tx.conn.execute(
            text(
                "INSERT INTO parked_events (id, topic, partition, record_offset, key, value, state, reason)"
                " VALUES (:id, 'programs-events', 0, 0, 'merchant:x', :value, 'parked', 'unreadable')"
            ),
            {"id": event_id, "value": value},
        )
    return event_id
