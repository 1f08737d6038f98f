"""A move on its way to the ledger: the order of checks, staff approval, what goes along and what does not."""

from __future__ import annotations

import json
from typing import Any

import pytest

VENDOR = "/api/v1/vendor/loyalty"
STAMP, SESSIONS = f"{VENDOR}/stamp", f"{VENDOR}/staff-sessions"
KEY = "an-idempotency-key-1"
STAFF = {"code": "07", "pin": "482913"}
STAMPED = {"transaction_id": "t", "stamp_count": 7}


async def move(house: Any, body: Any, path: str = STAMP, **headers: str) -> Any:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    async with house.as_till(
        **{"content_type": "application/json", "idempotency_key": KEY, **headers}
    ) as till:
        return await till.post(path, content=content)


@pytest.fixture
def approving(house: Any) -> Any:
    """A ledger that does not know the key yet, and an auth-pins that takes the PIN."""
    house.ledger.answer("POST", STAMP, (204, None, {}), (200, STAMPED, {}))
    house.auth_pins.answer("POST", SESSIONS, (200, {"staff_session": "a.b.c"}, {}))
    return house


# -- the plain way


@pytest.mark.parametrize("name", ["stamp", "stamp/redeem", "points/earn", "points/redeem"])
async def test_a_move_reaches_the_ledger_byte_for_byte_and_its_answer_comes_back(house, name):
    path = f"{VENDOR}/{name}"
    house.ledger.answer("POST", path, (200, STAMPED, {"idempotency-replayed": "true", "x-own": "secret"}))
    body = b'{ "qr":"pXQ",  "amount": 12.50, "notes": null }'

    answer = await move(house, body, path)

    assert answer.status_code == 200
    assert answer.json() == STAMPED
    assert answer.headers["idempotency-replayed"] == "true"
    assert "x-own" not in answer.headers
    (seen,) = house.ledger.asked
    assert (seen.method, seen.path, seen.body) == ("POST", path, body)
    assert seen.headers["idempotency-key"] == KEY
    assert house.caller_of(seen).terminal_id == house.terminal.id


async def test_the_callers_key_stays_here_and_what_we_vouch_for_cannot_be_sent_along(house):
    await move(
        house,
        {"qr": "x"},
        x_staff_session="forged",
        x_probe="1",
        x_client_address="6.6.6.6",
        x_client_agent="forged",
        x_forwarded_for="6.6.6.6",
        forwarded="for=6.6.6.6",
        cookie="a=b",
        user_agent="till/1",
        accept_language="fr",
        x_request_id="my-request",
    )

    (seen,) = house.ledger.asked
    assert not {"x-staff-session", "x-probe", "x-forwarded-for", "forwarded", "cookie"} & seen.headers.keys()
    assert seen.headers["x-client-address"] == "127.0.0.1"
    assert seen.headers["x-client-agent"] == "till/1"
    assert seen.headers["accept-language"] == "fr"
    assert seen.headers["x-request-id"] == "my-request"
    assert "pk_" not in json.dumps(seen.headers)


async def test_an_address_is_believed_from_a_trusted_proxy_only(make_house):
    house = make_house(trusted_proxies="127.0.0.1,10.0.0.0/8")

    await move(house, {"qr": "x"}, x_forwarded_for="6.6.6.6, 93.184.216.34, 10.1.2.3")
    await move(house, {"qr": "x"}, x_forwarded_for="nonsense")

    assert [seen.headers["x-client-address"] for seen in house.ledger.asked] == ["93.184.216.34", "127.0.0.1"]


async def test_a_refusal_of_the_ledger_comes_back_as_it_is(house):
    problem = {"code": "stamp-cooldown", "status": 409, "retry_at": "2026-11-20T10:15:00.000000Z"}
    house.ledger.answer("POST", STAMP, (409, problem, {"content-type": "application/problem+json"}))

    answer = await move(house, {"qr": "x"})

    assert (answer.status_code, answer.json()) == (409, problem)
    assert answer.headers["content-type"] == "application/problem+json"


# -- the order of checks


async def test_identity_comes_before_role_json_key_and_body(house):
    async with house.calls() as nobody:
        answer = await nobody.post(STAMP, content=b"{", headers={"content-type": "application/json"})
    assert answer.json()["code"] == "unauthenticated"
    assert answer.json()["detail"] == (
        "No Authorization header came: send Authorization: Bearer <API key or access token>"
    )

    async with house.calls(authorization=f"Bearer {house.token(house.admin)}") as admin:
        answer = await admin.post(STAMP, content=b"{", headers={"content-type": "application/json"})
    assert answer.json()["code"] == "forbidden"

    async with house.as_till(content_type="application/json") as till:
        assert (await till.post(STAMP, content=b"{")).json()["code"] == "malformed-request"
        wrong = json.dumps({"staff": {"code": 7}})
        assert (await till.post(STAMP, content=wrong)).json()["code"] == "idempotency-key-missing"
        answer = await till.post(STAMP, content=wrong, headers={"idempotency-key": KEY})
        assert answer.json()["code"] == "validation-failed"
    assert house.ledger.asked == []


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nothing", b'{"a": NaN}', b'"\xff"', b'{"qr": "\\ud800"}', b"[" * 9000]
)
async def test_what_is_not_json_is_refused_here(house, body):
    answer = await move(house, body)

    assert (answer.status_code, answer.json()["code"]) == (400, "malformed-request")
    assert house.ledger.asked == []


async def test_json_that_breaks_off_is_refused_with_the_place(house):
    answer = await move(house, b'{"qr": "x",\n "staff" 7}')
    assert answer.json()["detail"] == "Line 2, column 10: this is not JSON"

    answer = await move(house, b'"\xff"')
    assert answer.json()["detail"] == answer.json()["title"], "where the place is not known none is told"


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"stamp"'])
async def test_json_that_is_no_object_is_the_ledgers_to_refuse(house, body):
    await move(house, body)

    assert house.ledger.asked[0].body == body


@pytest.mark.parametrize("key", ["short", "x" * 256, "a-key-with-a-tab\there", "ein-schlüssel-mit-umlaut"])
async def test_a_key_of_another_shape_is_refused(house, key):
    answer = await move(house, {"qr": "x"}, idempotency_key=key)

    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency-key-invalid")
    assert house.ledger.asked == []


async def test_a_dry_run_needs_no_key_and_takes_none_along(house):
    async with house.as_till() as till:
        assert (await till.post(STAMP, json={"qr": "x", "dry_run": True})).status_code == 200
    assert (await move(house, {"qr": "x", "dry_run": True}, idempotency_key="short")).status_code == 200

    assert [seen.headers.get("idempotency-key") for seen in house.ledger.asked] == [None, None]


@pytest.mark.parametrize("dry_run", [False, None, "true", 1])
async def test_only_a_true_dry_run_spares_the_key(house, dry_run):
    async with house.as_till() as till:
        answer = await till.post(STAMP, json={"qr": "x", "dry_run": dry_run})

    assert answer.json()["code"] == "idempotency-key-missing"


# -- staff approval


async def test_a_session_that_came_along_goes_on_as_a_header_and_leaves_the_body(house):
    await move(house, {"qr": "x", "staff_session": "a.b-c_d", "notes": "für"}, x_staff_pin="1")

    (seen,) = house.ledger.asked
    assert seen.headers["x-staff-session"] == "a.b-c_d"
    assert "x-staff-pin" not in seen.headers
    assert seen.json() == {"qr": "x", "notes": "für"}


@pytest.mark.parametrize("session", ["a\r\nx-probe: 1", "with space", "é", "", "x" * 5000])
async def test_a_text_that_can_be_no_session_is_refused_by_the_ledger_in_its_turn(house, session):
    await move(house, {"qr": "x", "staff_session": session})

    (seen,) = house.ledger.asked
    assert seen.headers["x-staff-session"] == "-"
    assert "x-probe" not in seen.headers


async def test_members_that_are_null_are_as_if_they_were_not_there(house):
    await move(house, {"qr": "x", "staff": None, "staff_session": None})

    (seen,) = house.ledger.asked
    assert seen.json() == {"qr": "x"}
    assert "x-staff-session" not in seen.headers


async def test_a_pin_is_exchanged_for_a_session_after_the_ledger_said_that_the_move_is_new(approving):
    house = approving

    answer = await move(house, {"qr": "x", "staff": STAFF})

    assert answer.json() == STAMPED
    probe, forwarded = house.ledger.asked
    (bought,) = house.auth_pins.asked
    assert probe.headers["x-probe"] == "1"
    assert "x-staff-session" not in probe.headers
    assert bought.path == SESSIONS
    assert bought.json() == {"staff_code": "07", "pin": "482913"}
    assert house.caller_of(bought).terminal_id == house.terminal.id
    assert "idempotency-key" not in bought.headers
    assert (forwarded.headers["x-staff-session"], forwarded.headers["x-staff-pin"]) == ("a.b.c", "1")
    assert "x-probe" not in forwarded.headers
    assert probe.body == forwarded.body == b'{"qr":"x"}'
    assert probe.headers["idempotency-key"] == forwarded.headers["idempotency-key"] == KEY


@pytest.mark.parametrize(
    ("status", "known"),
    [(200, STAMPED), (409, {"code": "stamp-cooldown"}), (422, {"code": "validation-failed"})],
)
async def test_a_known_or_wrong_move_is_answered_without_looking_at_the_pin(house, status, known):
    house.ledger.answer("POST", STAMP, (status, known, {"idempotency-replayed": "true"}))

    answer = await move(house, {"qr": "x", "staff": STAFF})

    assert (answer.status_code, answer.json()) == (status, known)
    assert answer.headers["idempotency-replayed"] == "true"
    assert len(house.ledger.asked) == 1
    assert house.auth_pins.asked == []


@pytest.mark.parametrize(("status", "code"), [(403, "staff-approval-invalid"), (423, "staff-locked")])
async def test_a_pin_that_is_refused_stops_the_move(approving, status, code):
    problem = {"code": code, "status": status, "instance": SESSIONS, "request_id": "r"}
    headers = {"content-type": "application/problem+json", "retry-after": "1800"}
    approving.auth_pins.answer("POST", SESSIONS, (status, problem, headers))

    answer = await move(approving, {"qr": "x", "staff": STAFF})

    assert answer.status_code == status
    assert answer.json() == {**problem, "instance": STAMP}
    assert answer.headers["retry-after"] == "1800"
    assert len(approving.ledger.asked) == 1  # the question, never the move


async def test_without_auth_pins_a_pin_is_refused_and_a_session_still_moves(approving):
    assert (await move(approving, {"qr": "x", "staff_session": "a.b.c"})).status_code == 204
    await approving.auth_pins.stop()
    approving.ledger.answer("POST", STAMP, (204, None, {}), (200, STAMPED, {}))

    answer = await move(approving, {"qr": "x", "staff": STAFF})
    assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")
    assert answer.json()["retryable"] is True

    assert (await move(approving, {"qr": "x", "staff_session": "a.b.c"})).json() == STAMPED


@pytest.mark.parametrize(
    ("members", "field", "code"),
    [
        ({"staff": STAFF, "staff_session": "a.b.c"}, "staff", "exactly-one"),
        ({"staff_session": 7}, "staff_session", "wrong-type"),
        ({"staff": "07"}, "staff", "wrong-type"),
        ({"staff": {"pin": "482913"}}, "staff.code", "required"),
        ({"staff": {"code": "07"}}, "staff.pin", "required"),
        ({"staff": {"code": 7, "pin": "482913"}}, "staff.code", "wrong-type"),
        ({"staff": {"code": "07", "pin": 482913}}, "staff.pin", "wrong-type"),
        ({"staff": {"code": "7", "pin": "482913"}}, "staff.code", "too-short"),
        ({"staff": {"code": "0" * 9, "pin": "482913"}}, "staff.code", "too-long"),
        ({"staff": {"code": "0 7", "pin": "482913"}}, "staff.code", "bad-format"),
        ({"staff": {"code": "07", "pin": "482"}}, "staff.pin", "too-short"),
        ({"staff": {"code": "07", "pin": "4" * 9}}, "staff.pin", "too-long"),
        ({"staff": {"code": "07", "pin": "48291x"}}, "staff.pin", "bad-format"),
        ({"staff": {"code": "07", "pin": "٤٨٢٩١٣"}}, "staff.pin", "bad-format"),
        ({"staff": {**STAFF, "name": "Ana"}}, "staff.name", "unknown-field"),
    ],
)
async def test_an_approval_of_another_shape_is_named_field_by_field(house, members, field, code):
    answer = await move(house, {"qr": "x", **members})

    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert (answer.json()["errors"][0]["field"], answer.json()["errors"][0]["code"]) == (field, code)
    assert "48291" not in answer.text
    assert house.ledger.asked == house.auth_pins.asked == []


async def test_neither_pin_nor_key_nor_token_reaches_a_log_line(approving, capsys):
    await move(approving, {"qr": "x", "staff": STAFF})
    await move(approving, {"qr": "x", "staff": {"code": "07", "pin": "482913x"}})
    approving.service.lines.flush()

    lines = capsys.readouterr().out
    assert f'"route":"{STAMP}"' in lines
    assert f"terminal:{approving.terminal.id}" in lines
    for secret in ("482913", "pk_live", "sssss", "a.b.c", "Bearer"):
        assert secret not in lines


# -- the ledger away


async def test_without_the_ledger_the_answer_says_so_and_that_it_may_be_repeated(house):
    await house.ledger.stop()

    answer = await move(house, {"qr": "x"})

    assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")
    assert answer.json()["retryable"] is True
    assert answer.headers["retry-after"] == "1"


async def test_a_ledger_that_was_started_again_is_found_at_once(house):
    assert (await move(house, {"qr": "x"})).status_code == 200
    await house.ledger.stop()
    await house.ledger.start()

    assert (await move(house, {"qr": "x"})).status_code == 200
