"""Who may, input that is not right, and the document."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from kit.app import openapi_of
from kit.identity import Caller
from kit.ids import uuid7

from .problems import CARDS, refused, wrong_fields

Shop = Any
Call = Callable[..., Any]


# -- who may


async def test_without_an_internal_token_nothing_is_answered(shop: Shop):
    stranger = shop.till()
    stranger.headers["authorization"] = "Bearer nonsense"

    for answer in (
        await stranger.get(CARDS),
        await stranger.post(f"{CARDS}/lookup", json={"number": "482100771930"}),
        await stranger.get(f"/internal/states/card/{uuid7()}"),
    ):
        assert refused(answer) == (401, "unauthenticated")


@pytest.mark.parametrize("role", ["admin", "public", "service"])
async def test_cards_are_for_tills_and_users_of_a_merchant(shop: Shop, role: Any):
    other = shop._client(Caller(role, service="ledger" if role == "service" else ""))

    assert refused(await other.get(CARDS)) == (403, "forbidden")


async def test_a_till_makes_no_link_and_sees_no_customer(shop: Shop, enrol: Call, fresh_key: Call):
    till = shop.till()
    card_id = (await enrol(till, email="ana@example.com")).json()["card"]["id"]

    assert refused(await till.post(f"{CARDS}/{card_id}/link", headers=fresh_key())) == (403, "forbidden")
    assert refused(await till.get(f"{CARDS}/{card_id}/customer")) == (403, "forbidden")
    assert refused(await till.patch(f"{CARDS}/{card_id}/customer", json={})) == (403, "forbidden")


async def test_internal_routes_are_for_services_only(shop: Shop):
    for path in (f"states/card/{uuid7()}", "cards/by-qr/x", "cards/by-number/1"):
        assert refused(await shop.owner().get(f"/internal/{path}")) == (403, "forbidden")
    questions = {
        "cards/by-numbers": {"numbers": []},
        "cards/by-links": {"tokens": []},
        "holders": {"card_ids": []},
    }
    for path, body in questions.items():
        assert refused(await shop.owner().post(f"/internal/{path}", json=body)) == (403, "forbidden")


# -- input that is not right


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"email": None}, ("phone", "required")),
        ({"email": "ana"}, ("email", "bad-format")),
        ({"email": "a" * 250 + "@b.lu"}, ("email", "too-long")),
        ({"email": "a\u0000@b.lu"}, ("email", "bad-format")),
        ({"email": 7}, ("email", "wrong-type")),
        ({"phone": "call me"}, ("phone", "bad-format")),
        ({"phone": 352621123456}, ("phone", "wrong-type")),
        ({"first_name": ...}, ("first_name", "required")),
        ({"first_name": "  "}, ("first_name", "too-short")),
        ({"last_name": "x" * 121}, ("last_name", "too-long")),
        ({"last_name": "a\nb"}, ("last_name", "bad-format")),
        ({"last_name": "\ud800"}, ("last_name", "bad-format")),
        ({"birthday": "1990-02-30"}, ("birthday", "bad-format")),
        ({"birthday": "30.12.1990"}, ("birthday", "bad-format")),
        ({"birthday": 0}, ("birthday", "wrong-type")),
        ({"birthday": "1899-12-31"}, ("birthday", "too-small")),
        ({"birthday": "2999-01-01"}, ("birthday", "too-large")),
        ({"locale": "es"}, ("locale", "not-allowed")),
        ({"marketing_consent": "yes"}, ("marketing_consent", "wrong-type")),
        ({"marketing_consent": 1}, ("marketing_consent", "wrong-type")),
        ({"store_id": "here"}, ("store_id", "bad-format")),
        ({"store_id": 10**400}, ("store_id", "wrong-type")),
        ({"points": 5}, ("points", "unknown-field")),
    ],
)
async def test_enrolment_refuses_what_cannot_be_and_keeps_nothing(
    shop: Shop, rows: Call, fresh_key: Call, change: dict[str, Any], wrong: tuple[str, str]
):
    body = {"first_name": "Ana", "last_name": "Weber", "email": "ana@example.com", **change}
    body = {name: value for name, value in body.items() if value is not ...}
    headers = {**fresh_key(), "content-type": "application/json"}

    answer = await shop.till().post(CARDS, content=json.dumps(body), headers=headers)

    assert wrong_fields(answer) == {wrong}
    assert await rows("SELECT FROM customers WHERE merchant_id = :m", m=shop.id) == []


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"email": NaN}', b'{"email": "a', b""])
async def test_what_is_no_json_is_a_problem_and_never_a_fault(shop: Shop, fresh_key: Call, body: bytes):
    headers = {**fresh_key(), "content-type": "application/json"}

    answer = await shop.till().post(CARDS, content=body, headers=headers)

    assert refused(answer) in {(400, "malformed-request"), (422, "validation-failed")}


async def test_a_body_of_another_type_or_size_is_refused(shop: Shop, fresh_key: Call):
    till = shop.till()
    as_text = await till.post(CARDS, content=b"{}", headers={**fresh_key(), "content-type": "text/plain"})
    large = await till.post(CARDS, json={"first_name": "x" * 70_000}, headers=fresh_key())
    array = await till.post(CARDS, json=[], headers=fresh_key())

    assert refused(as_text) == (415, "unsupported-media-type")
    assert refused(large) == (413, "body-too-large")
    assert refused(array)[0] == 422


async def test_who_gives_neither_email_nor_phone_is_told_that_one_is_needed(shop: Shop):
    async def asked(language: str) -> Any:
        headers = {"idempotency-key": str(uuid7()), "accept-language": language}
        body = {"first_name": "Ana", "last_name": "Weber"}
        return (await shop.till(0).post(CARDS, json=body, headers=headers)).json()

    english, german = await asked("en"), await asked("de")

    words = "one of e-mail and phone is required"
    assert english["errors"] == [{"field": "phone", "code": "required", "message": words}]
    assert english["detail"] == f"phone: {words}"
    assert german["detail"] == "phone: E-Mail-Adresse oder Telefonnummer ist nötig"


# -- the document


def test_every_operation_is_documented_and_says_what_is_composed(service: Any):
    document = openapi_of(service)
    operations = {
        (method, path): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }

    composed = {operation["operationId"]: operation.get("x-compose") for operation in operations.values()}
    assert composed == {
        "enrol": {"card": "card"},
        "lookUpCard": {"card": ""},
        "getCard": {"card": ""},
        "listCards": {"cards": "items"},
        "createCardLink": None,
        "getCustomer": None,
        "changeCustomer": None,
        "deleteCard": None,
        "restoreCard": None,
        "eraseCustomer": None,
        "exportCustomer": None,
        "importCustomers": None,
        "exportCustomers": None,
        "join": None,
        "getOwnCard": None,
        "listOwnTransactions": None,
    }
    for operation in operations.values():
        assert operation["summary"]
        assert operation["description"]
        assert set(operation["x-callers"]) <= {"terminal", "owner", "manager", "admin", "public"}
        assert {"401", "403", "422", "503"} <= set(operation["responses"])
        assert "HTTPValidationError" not in str(operation)
    assert not any("internal" in path for path in document["paths"])
