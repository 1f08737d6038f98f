"""Whatever is sent, the answer is a problem with a code.

The service here has no database at all: what is refused so early keeps nothing.
"""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

MERCHANTS = "/api/v1/admin/loyalty/merchants"
STORES = "/api/v1/admin/loyalty/stores"
PROGRAM = "/api/v1/vendor/loyalty/program"
REWARDS = "/api/v1/vendor/loyalty/rewards"
MERCHANT = {"name": "Schmit", "slug": "never-made", "country": "LU", "contact_email": "a@b.example"}
REWARD = {"name": "Coffee", "points_required": 100}
JSON = {"content-type": "application/json", "idempotency-key": "a-key-of-24-characters!!"}


def _is_problem(answer: httpx.Response, status: int, code: str) -> None:
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (answer.status_code, body["status"], body["code"]) == (status, status, code), answer.text
    assert body["type"].endswith(f"/problems/{code}")
    assert body["request_id"] == answer.headers["x-request-id"]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"name=Schmit",
        b'{"name": "Schmit",}',
        b"\xff\xfe",
        b"[" * 30_000,
    ],
)
async def test_what_is_not_json_is_malformed(nowhere: Any, body: bytes):
    _is_problem(
        await nowhere.admin.http.post(MERCHANTS, content=body, headers=JSON), 400, "malformed-request"
    )


@pytest.mark.parametrize(
    "body", [b"null", b"[]", b'"text"', b"7", b"true", b'{"name": ' + b"9" * 5000 + b"}"]
)
async def test_json_that_is_not_what_is_wanted_is_refused(nowhere: Any, body: bytes):
    _is_problem(
        await nowhere.admin.http.post(MERCHANTS, content=body, headers=JSON), 422, "validation-failed"
    )


async def test_another_media_type_and_too_much_are_refused(nowhere: Any):
    form = await nowhere.admin.http.post(MERCHANTS, data={"name": "x"}, headers={"idempotency-key": "k" * 16})
    large = await nowhere.admin.post(MERCHANTS, {**MERCHANT, "name": "x" * 70_000})

    _is_problem(form, 415, "unsupported-media-type")
    _is_problem(large, 413, "body-too-large")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("name", None, "wrong-type"),
        ("name", 7, "wrong-type"),
        ("name", ["x"], "wrong-type"),
        ("name", "", "too-short"),
        ("name", "   ", "too-short"),
        ("name", "x" * 121, "too-long"),
        ("name", "a\x00b", "bad-format"),
        ("name", "a\nb", "bad-format"),
        ("name", "\ud800", "bad-format"),
        ("slug", "Schmit", "bad-format"),
        ("slug", "ab", "bad-format"),
        ("slug", "slug\n", "bad-format"),
        ("country", "LX", "not-allowed"),
        ("country", "lu", "not-allowed"),
        ("country", 1e400, "wrong-type"),
        ("currency", "EURO", "not-allowed"),
        ("timezone", "Europe/Lux", "not-allowed"),
        ("timezone", "../../etc/passwd", "not-allowed"),
        ("default_locale", "it", "not-allowed"),
        ("default_locale", {"a": 1}, "not-allowed"),
        ("contact_email", "nobody", "bad-format"),
        ("contact_email", "a@b", "bad-format"),
        ("contact_email", f"a@{'b' * 250}.example", "too-long"),
        ("merchant_id", "x", "unknown-field"),
        ("deleted_at", None, "unknown-field"),
    ],
)
async def test_a_merchants_fields(nowhere: Any, field: str, value: Any, code: str):
    answer = await _post(nowhere.admin, MERCHANTS, {**MERCHANT, field: value})

    _is_problem(answer, 422, "validation-failed")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


async def _post(who: Any, path: str, body: dict[str, Any]) -> httpx.Response:
    """As JSON that Python writes, infinity and lone surrogates included."""
    content = json.dumps(body).encode()
    answer: httpx.Response = await who.http.post(path, content=content, headers=JSON)
    return answer


@pytest.mark.parametrize("missing", list(MERCHANT))
async def test_what_is_required_is_named(nowhere: Any, missing: str):
    body = {name: value for name, value in MERCHANT.items() if name != missing}

    answer = await nowhere.admin.post(MERCHANTS, body)

    _is_problem(answer, 422, "validation-failed")
    assert answer.json()["errors"] == [{"field": missing, "code": "required", "message": "is required"}]


@pytest.fixture
def owner(nowhere: Any) -> Any:
    return nowhere.owner("0197c1c2-0000-7000-8000-00000000000a")


TIER = {"name": "T", "from_points": 0, "multiplier_percent": 100}


@pytest.mark.parametrize(
    ("field", "value", "where", "code"),
    [
        ("stamps_target", 0, "stamps_target", "too-small"),
        ("stamps_target", 101, "stamps_target", "too-large"),
        ("stamps_target", 10**30, "stamps_target", "too-large"),
        ("stamps_target", "10", "stamps_target", "wrong-type"),
        ("stamps_target", True, "stamps_target", "wrong-type"),
        ("stamps_target", 10.5, "stamps_target", "wrong-type"),
        ("stamps_target", 1e400, "stamps_target", "wrong-type"),
        ("stamps_target", None, "stamps_target", "wrong-type"),
        ("loyalty_type", "miles", "loyalty_type", "not-allowed"),
        ("points_per_euro", 1001, "points_per_euro", "too-large"),
        ("points_expiration_days", 0, "points_expiration_days", "too-small"),
        ("points_expiration_days", 3651, "points_expiration_days", "too-large"),
        ("welcome_bonus_points", 100_001, "welcome_bonus_points", "too-large"),
        ("minimum_redemption_points", -1, "minimum_redemption_points", "too-small"),
        ("minimum_purchase_cents", 100_000_001, "minimum_purchase_cents", "too-large"),
        ("stamps_reward_value_cents", -1, "stamps_reward_value_cents", "too-small"),
        ("stamps_reward_description", "x" * 501, "stamps_reward_description", "too-long"),
        ("cooldown_minutes", 10_081, "cooldown_minutes", "too-large"),
        ("max_daily_stamps", 0, "max_daily_stamps", "too-small"),
        ("require_staff_pin", "yes", "require_staff_pin", "wrong-type"),
        ("require_staff_pin", 1, "require_staff_pin", "wrong-type"),
        ("card_color", "#GGGGGG", "card_color", "bad-format"),
        ("card_color", "#4F46E5\n", "card_color", "bad-format"),
        ("card_color", None, "card_color", "wrong-type"),
        ("logo_url", "http://shop.example/logo.png", "logo_url", "bad-format"),
        ("logo_url", "https://", "logo_url", "too-short"),
        ("logo_url", "https://user@shop.example/", "logo_url", "bad-format"),
        ("logo_url", "https://[::1", "logo_url", "bad-format"),
        ("privacy_url", "javascript:alert(1)", "privacy_url", "bad-format"),
        ("terms_text", "x" * 20_001, "terms_text", "too-long"),
        ("terms_text", "a\x07", "terms_text", "bad-format"),
        ("is_active", True, "is_active", "unknown-field"),
        ("redeem_until", None, "redeem_until", "unknown-field"),
        ("tier_config", {"tiers": []}, "tier_config.tiers", "too-short"),
        ("tier_config", {"tiers": [TIER] * 11}, "tier_config.tiers", "too-long"),
        ("tier_config", {}, "tier_config.tiers", "required"),
        ("tier_config", {"tiers": [{**TIER, "x": 1}]}, "tier_config.tiers.0.x", "unknown-field"),
        (
            "tier_config",
            {"tiers": [{**TIER, "multiplier_percent": 0}]},
            "tier_config.tiers.0.multiplier_percent",
            "too-small",
        ),
    ],
)
async def test_a_programs_fields(owner: Any, field: str, value: Any, where: str, code: str):
    created = await _post(owner, PROGRAM, {field: value})
    headers = {"content-type": "application/json", "if-match": "*"}
    changed = await owner.http.patch(PROGRAM, content=json.dumps({field: value}).encode(), headers=headers)

    for answer in (created, changed):
        _is_problem(answer, 422, "validation-failed")
        assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(where, code)]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("points_required", 0, "too-small"),
        ("points_required", 10_000_001, "too-large"),
        ("stock", -1, "too-small"),
        ("stock", 10_000_001, "too-large"),
        ("max_per_card", 0, "too-small"),
        ("max_per_card", 10_001, "too-large"),
        ("value_cents", 100_000_001, "too-large"),
        ("sort_order", 2**40, "too-large"),
        ("valid_from", 1_700_000_000, "wrong-type"),
        ("valid_from", "tomorrow", "bad-format"),
        ("valid_from", "2026-11-20T10:00:00", "bad-format"),
        ("valid_from", "0001-01-01T00:00:00+14:00", "too-small"),
        ("valid_until", "9999-12-31T23:59:59-14:00", "too-large"),
        ("description", None, "wrong-type"),
        ("program_id", "x", "unknown-field"),
        ("stock_left", 5, "unknown-field"),
    ],
)
async def test_a_rewards_fields(owner: Any, field: str, value: Any, code: str):
    answer = await owner.post(REWARDS, {**REWARD, field: value})

    _is_problem(answer, 422, "validation-failed")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("code", "", "bad-format"),
        ("code", "GARE 1", "bad-format"),
        ("code", "x" * 33, "bad-format"),
        ("latitude", 90.1, "too-large"),
        ("latitude", "49", "wrong-type"),
        ("latitude", 10**400, "wrong-type"),
        ("longitude", float("nan"), "bad-format"),
        ("longitude", float("-inf"), "bad-format"),
        ("timezone", "Mars/Olympus", "not-allowed"),
        ("address", "x" * 501, "too-long"),
        ("merchant_id", "not-an-id", "bad-format"),
        ("merchant_id", 7, "wrong-type"),
    ],
)
async def test_a_stores_fields(nowhere: Any, field: str, value: Any, code: str):
    place = {"latitude": 49.6, "longitude": 6.1}
    body = {"merchant_id": str(uuid4()), "code": "GARE", "name": "Gare", **place, field: value}

    answer = await _post(nowhere.admin, STORES, body)

    assert answer.status_code == 422, answer.text
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("staff_pin_policy", "never", "not-allowed"),
        ("pin_lockout_attempts", 2, "too-small"),
        ("pin_lockout_attempts", 21, "too-large"),
        ("pin_lockout_minutes", 1441, "too-large"),
        ("enrollment_confirmation", "sms", "not-allowed"),
        ("allow_void", None, "wrong-type"),
        ("allow_void", 0, "wrong-type"),
        ("merchant_id", "x", "unknown-field"),
    ],
)
async def test_settings_fields(nowhere: Any, field: str, value: Any, code: str):
    path = f"{MERCHANTS}/{uuid4()}/settings"

    answer = await nowhere.admin.patch(path, {field: value}, "*")

    _is_problem(answer, 422, "validation-failed")
    assert [(one["field"], one["code"]) for one in answer.json()["errors"]] == [(field, code)]


async def test_a_switch_takes_no_fields_but_its_own(owner: Any):
    for path, body in ((f"{PROGRAM}/activate", {"x": 1}), (f"{PROGRAM}/deactivate", {"is_active": False})):
        _is_problem(await owner.post(path, body, key=None), 422, "validation-failed")


async def test_an_id_that_is_none_and_a_path_that_leads_nowhere(nowhere: Any):
    _is_problem(await nowhere.admin.get(f"{MERCHANTS}/seven"), 422, "validation-failed")
    _is_problem(await nowhere.admin.get("/api/v1/admin/loyalty/nothing"), 404, "not-found")
    _is_problem(await nowhere.admin.http.put(MERCHANTS, json={}), 405, "method-not-allowed")


async def test_without_a_token_or_with_a_bad_one_nobody_is_known(nowhere: Any):
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic eDp5"}):
        http = httpx.AsyncClient(
            transport=httpx.ASGITransport(nowhere.service.app), base_url="http://service"
        )
        answer = await http.post(MERCHANTS, json={"x": 1}, headers=headers)
        _is_problem(answer, 401, "unauthenticated")
        assert answer.headers["www-authenticate"] == "Bearer"


async def test_the_role_is_looked_at_before_the_body(owner: Any):
    _is_problem(await owner.post(MERCHANTS, {"x": 1}), 403, "forbidden")
