"""Whatever comes in: a problem with a code, nothing kept, and never a 5xx."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from kit.ids import uuid7

#: Not JSON, or not the JSON of a request.
RAW = {
    "cut off": b'{"card_id": "',
    "no text": b"\xff\xfe\x00",
    "an array": b"[]",
    "a text": b'"stamp"',
    "a number": b"12",
    "not a number": b'{"notes": NaN}',
    "no end": b"[" * 20_000,
    "half a pair": b'{"name": "\\ud800", "notes": "\\udfff", "first_name": "\\ud800"}',
    "unknown": b'{"hat": true}',
    "a bomb": b'{"purchase_amount_cents": 1e99999, "points_required": 1e99999, "stamps_target": 1e99999}',
}
#: What no field takes.
VALUES = {
    "NUL": "a\x00b",
    "huge": 10**40,
    "huge and negative": -(2**63) - 1,
    "an object": {"a": {"b": []}},
    "a list": [1, [2]],
}
MEMBERS = {"type", "title", "status", "detail", "instance", "code", "request_id", "retryable"}
#: Tables of plumbing, which move by themselves.
KEPT_BY_ALL = ("inbox", "outbox", "projections", "projection_changes", "parked_events", "alembic_version")


@pytest.fixture(scope="module")
def operations(platform, operations_of):
    """Every POST and PATCH that takes a body."""
    found = [op for op in operations_of(platform) if op.method in ("POST", "PATCH") and op.body]
    assert len(found) > 25
    return found


@pytest.fixture(scope="module")
def good(platform, shop, until):
    """Bodies that would be taken as they are, by operation: what is refused is the one wrong member."""
    card = shop.enrol()["id"]
    until(lambda: len(shop.transactions(card)) == 1, within_s=20)
    purchase = {"purchase_amount_cents": 100, "currency": "EUR"}
    slug, store = f"bad-{uuid4().hex[:8]}", shop.store["id"]
    return {
        "addStamp": {"card_id": card},
        "redeemStamps": {"card_id": card},
        "earnPoints": {"card_id": card, **purchase},
        "redeemPoints": {"card_id": card, "reward_id": shop.reward["id"]},
        "enrol": {"first_name": "A", "last_name": "B", "email": f"{slug}@punchcard.example"},
        "createReward": {"name": "Mug", "points_required": 5},
        "createStaff": {"code": "55", "name": "Ben", "pin": "918273"},
        "createTerminal": {"store_id": store, "name": "Till"},
        "createTerminalAsAdmin": {"store_id": store, "name": "Till"},
        "createStore": {"merchant_id": shop.merchant["id"], "code": "77", "name": "S"},
        "createMerchant": {
            "name": "M",
            "slug": slug,
            "country": "LU",
            "contact_email": "m@punchcard.example",
        },
        "createUser": {
            "email": f"u-{slug}@punchcard.example",
            "password": "long enough words",
            "role": "admin",
        },
    }


def ask(platform, tokens, operation, content, **changes):
    role = next(iter(sorted(operation.callers)), None)
    headers = {
        "content-type": "application/json",
        "idempotency-key": str(uuid4()),
        "if-match": '"1"',
        **({"authorization": f"Bearer {tokens[role]}"} if role else {}),
        **changes,
    }
    headers = {name: value for name, value in headers.items() if value is not None}
    path = operation.at(str(uuid7()))
    return platform.http.request(operation.method, path, content=content, headers=headers)


def fault_of(answer, *codes):
    """What is wrong with this answer to bad input; None when it is as it must be."""
    told = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {answer.text[:200]}"
    if not 400 <= answer.status_code < 500:
        return told
    if answer.headers["content-type"] != "application/problem+json":
        return f"{told}: {answer.headers['content-type']}"
    problem = answer.json()
    if not set(problem) >= MEMBERS or problem["status"] != answer.status_code:
        return told
    return told if codes and problem["code"] not in codes else None


def counted(platform):
    """The number of rows of every table that holds what a service owns."""
    counts = {}
    for service in ("programs", "cards", "ledger", "auth-pins"):
        tables = platform.rows(service, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in tables:
            if table not in KEPT_BY_ALL:
                counts[service, table] = platform.one(service, f"SELECT count(*) FROM {table}")
    return counts


@pytest.fixture(autouse=True)
def _nothing_kept(platform, good):
    before = counted(platform)
    yield
    after = counted(platform)
    assert {name: (before[name], count) for name, count in after.items() if before[name] != count} == {}


@pytest.mark.parametrize("kind", RAW)
def test_what_is_no_request_is_a_problem(platform, tokens, operations, kind):
    faults = [fault_of(ask(platform, tokens, operation, RAW[kind])) for operation in operations]

    assert list(filter(None, faults)) == []


def test_text_that_is_not_json_is_malformed(platform, tokens, operations):
    answers = [ask(platform, tokens, operation, RAW["cut off"]) for operation in operations]

    assert list(filter(None, (fault_of(answer, "malformed-request") for answer in answers))) == []


@pytest.mark.parametrize("kind", VALUES)
def test_a_value_that_no_field_takes_is_refused(platform, tokens, operations, good, kind):
    faults = []
    for operation in operations:
        body = good.get(operation.name, {})
        # By 422 where all else is right; elsewhere the thing in the path may be missed first.
        codes = ("validation-failed", "malformed-request") if body else ()
        for member in operation.body["properties"]:
            if (operation.name, kind) == ("signOut", "NUL"):
                continue  # it answers alike whatever text the token is
            content = json.dumps({**body, member: VALUES[kind]}).encode()
            faults.append(fault_of(ask(platform, tokens, operation, content), *codes))

    assert len(faults) > 100
    assert list(filter(None, faults)) == []


def test_an_unknown_field_is_named(platform, tokens, operations, good):
    for operation in operations:
        if operation.name in good:
            content = json.dumps(good[operation.name] | {"hat": True}).encode()
            answer = ask(platform, tokens, operation, content)

            assert fault_of(answer, "validation-failed") is None
            assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("hat", "unknown-field")]


def test_a_body_that_is_too_large_is_not_read(platform, tokens, operations):
    content = b'{"notes": "' + b"x" * 70_000 + b'"}'

    faults = [fault_of(ask(platform, tokens, op, content), "body-too-large") for op in operations]

    assert list(filter(None, faults)) == []


def test_a_missing_or_wrong_key_is_told(platform, tokens, operations, good):
    keyed = [op for op in operations if op.needs_key and op.name in good]
    assert len(keyed) >= 8
    for operation in keyed:
        content = json.dumps(good[operation.name]).encode()
        missing = ask(platform, tokens, operation, content, **{"idempotency-key": None})
        assert fault_of(missing, "idempotency-key-missing") is None, operation.name
        for key in ("too-short", "x" * 256, "key with \u00e9 in it \u00e9\u00e9".encode()):
            wrong = ask(platform, tokens, operation, content, **{"idempotency-key": key})
            assert fault_of(wrong, "idempotency-key-invalid") is None, operation.name


def test_another_kind_of_content_is_refused(platform, tokens, operations, good):
    for operation in operations:
        content = json.dumps(good.get(operation.name, {})).encode()
        answer = ask(platform, tokens, operation, content, **{"content-type": "text/xml"})
        assert fault_of(answer, "unsupported-media-type") is None
