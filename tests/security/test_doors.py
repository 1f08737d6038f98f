"""Who is let in: nobody without credentials, nobody to what is internal, and no header speaks for anyone."""

from __future__ import annotations

import base64
import http.client
import json
from urllib.parse import urlsplit

import httpx
import pytest

from kit.ids import uuid7
from punchcard.services import SERVICE_NAMES

VENDOR = "/api/v1/vendor/loyalty"


def _part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def _unsigned(role):
    claims = {
        "sub": str(uuid7()),
        "role": role,
        "exp": 4_000_000_000,
        "iss": "punchcard",
        "sid": str(uuid7()),
    }
    return f"{_part({'alg': 'none', 'typ': 'JWT'})}.{_part(claims)}."


FALSE = {
    "none": None,
    "empty": "",
    "basic": "Basic YWRtaW46YWRtaW4=",
    "no token": "Bearer",
    "a word": "Bearer admin",
    "an invented key": f"Bearer pk_live_{uuid7().hex}_{'x' * 43}",
    "an unsigned token": f"Bearer {_unsigned('admin')}",
}


@pytest.mark.parametrize("kind", FALSE)
def test_without_credentials_every_operation_is_shut(platform, operations_of, kind):
    operations = [op for op in operations_of(platform) if not op.is_public]
    headers = {} if FALSE[kind] is None else {"authorization": FALSE[kind]}

    answers = {
        op.name: platform.http.request(op.method, op.at(str(uuid7())), headers=headers) for op in operations
    }

    wrong = {
        name: answer.text
        for name, answer in answers.items()
        if answer.status_code != 401 or answer.json()["code"] != "unauthenticated"
    }
    assert len(answers) > 50
    assert wrong == {}


def test_public_operations_are_those_of_signing_in_and_of_customers_and_no_other(platform, operations_of):
    public = {operation.path for operation in operations_of(platform) if operation.is_public}

    assert public == {
        *(f"/api/v1/auth/{name}" for name in ("token", "refresh", "logout", "jwks.json")),
        *(f"/api/v1/auth/password/{name}" for name in ("forgot", "reset")),
        "/api/v1/loyalty/programs/{merchant_slug}",
        "/api/v1/loyalty/enroll",
        "/api/v1/loyalty/cards/{link_token}",
        "/api/v1/loyalty/cards/{link_token}/transactions",
        *(f"/api/v1/loyalty/cards/{{link_token}}/{name}" for name in ("pass.pkpass", "google")),
        # These prove themselves: by the pass's token, by a device's secret number, by Google's signature.
        "/api/v1/loyalty/apple/v1/devices/{device}/registrations/{pass_type}/{serial}",
        "/api/v1/loyalty/apple/v1/devices/{device}/registrations/{pass_type}",
        "/api/v1/loyalty/apple/v1/passes/{pass_type}/{serial}",
        "/api/v1/loyalty/apple/v1/log",
        "/api/v1/loyalty/google/callback",
    }


def test_a_till_may_do_what_a_till_does_and_all_else_is_forbidden(platform, shop, operations_of):
    others = [op for op in operations_of(platform) if not op.is_public and "terminal" not in op.callers]
    assert len(others) > 40

    for operation in others:
        answer = platform.http.request(
            operation.method, operation.at(str(uuid7())), headers={"authorization": f"Bearer {shop.key}"}
        )
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden"), operation.name


def raw(platform, method, target, **headers):
    """The request line as it is written here: a client library would tidy it."""
    address = urlsplit(platform.stack.gateway_url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    try:
        connection.request(method, target, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


@pytest.mark.parametrize(
    "target",
    [
        "/internal/states/merchant/{id}",
        "/internal/cards/by-qr/x",
        "/internal/card-views",
        "//internal/card-views",
        "/api/internal/card-views",
        "/api/v1/internal/card-views",
        "/api/../internal/card-views",
        "/api/v1/vendor/loyalty/../../../../internal/card-views",
        "/api/v1/vendor/loyalty/%2e%2e/%2e%2e/%2e%2e/%2e%2e/internal/card-views",
        "/api/v1/vendor/loyalty/cards/..%2f..%2f..%2f..%2f..%2finternal%2fcard-views",
        "/api/v1/vendor/loyalty/rewards/{id}/../../../../../../metrics",
        "/ledger/metrics",
        "/api/metrics",
        "/api/v1/health/ready",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_is_internal_is_not_reached_through_the_gateway(platform, shop, method, target):
    credentials = {"authorization": f"Bearer {shop.owner}", "idempotency-key": "0123456789abcdef"}

    status, body = raw(platform, method, target.format(id=shop.merchant["id"]), **credentials)

    assert status in (404, 405, 422), body
    assert json.loads(body)["code"] in (
        "not-found",
        "method-not-allowed",
        "card-not-found",
        "validation-failed",
    )


@pytest.mark.parametrize("name", [name for name in SERVICE_NAMES if name != "gateway"])
def test_a_service_lets_in_only_who_the_gateway_or_a_service_vouches_for(platform, shop, operations_of, name):
    with httpx.Client(base_url=platform.stack.service(name).url) as inside:
        for path in (f"/internal/states/merchant/{shop.merchant['id']}", "/internal/card-views"):
            for token in (shop.key, shop.owner, platform.admin):
                answer = inside.get(path, headers={"authorization": f"Bearer {token}"})
                assert answer.status_code in (401, 404, 405)
        shut = 0
        for operation in operations_of(platform):
            if not operation.is_public:
                path, headers = operation.at(str(uuid7())), {"authorization": f"Bearer {platform.admin}"}
                answer = inside.request(operation.method, path, headers=headers)
                assert answer.status_code in (401, 404, 405), (operation.name, answer.text)
                shut += answer.status_code == 401
    assert shut, "none of its routes was asked for"


@pytest.fixture(scope="module")
def strict(platform):
    """A shop where every move needs a staff member's approval."""
    return platform.open_shop(require_staff_pin=True)


def test_a_staff_session_in_a_header_approves_nothing(strict):
    card = strict.enrol()["id"]

    refused = strict.ask("stamp", {"card_id": card}, x_staff_session=strict.staff_session())

    assert (refused.status_code, refused.json()["code"]) == (403, "staff-approval-required")


def test_a_probe_from_outside_is_a_move_like_any_other(shop):
    card = shop.enrol()["id"]

    moved = shop.ask("stamp", {"card_id": card}, x_probe="1")

    assert (moved.status_code, moved.json()["stamp_count"]) == (200, 1)


def test_an_address_from_outside_is_not_believed(shop, platform):
    card = shop.enrol()["id"]
    told = {
        "x_client_address": "203.0.113.7",
        "x_forwarded_for": "203.0.113.7",
        "x_real_ip": "203.0.113.7",
        "forwarded": "for=203.0.113.7",
    }

    moved = platform.made(shop.ask("stamp", {"card_id": card}, **told))

    context = platform.one(
        "ledger",
        "SELECT to_jsonb(c)::text FROM transaction_context c WHERE transaction_id = %s",
        moved["transaction_id"],
    )
    assert "203.0.113.7" not in context
    assert "127.0.0.1" in context


@pytest.mark.parametrize(
    "name", ["x-caller", "x-merchant-id", "x-user", "x-role", "x-store-id", "x-original-url"]
)
def test_no_header_makes_somebody_of_nobody(platform, shop, name):
    value = {"x-role": "admin", "x-original-url": "/internal/card-views"}.get(name, shop.merchant["id"])

    answer = platform.http.get(f"{VENDOR}/program", headers={name: value})

    assert answer.status_code == 401


def test_a_key_that_is_deleted_is_shut_out_within_two_seconds(platform, shop, until):
    till = shop.open_till(shop.store["id"])
    assert platform.get(till["api_key"], f"{VENDOR}/program").status_code == 200

    platform.http.delete(
        f"{VENDOR}/terminals/{till['id']}", headers={"authorization": f"Bearer {shop.owner}"}
    ).raise_for_status()

    until(lambda: platform.get(till["api_key"], f"{VENDOR}/program").status_code == 401, within_s=5)
