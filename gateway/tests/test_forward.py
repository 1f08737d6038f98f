"""Every other route: found in the services' documents, checked, forwarded, composed where cards are shown."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from aiohttp import web

VENDOR, ADMIN = "/api/v1/vendor/loyalty", "/api/v1/admin/loyalty"
KEY = "an-idempotency-key-1"
CARD = "018f6f0e-7b1a-7c3d-9e55-3f2b1a0c4d5e"
VIEW = {"status": "inactive", "stamp_count": 7, "points_balance": 0, "tier": None, "available_rewards": []}


# -- finding


@pytest.mark.parametrize(
    "path",
    [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/nothing",
        f"{VENDOR}/cards/",
        f"{VENDOR}//cards",
        f"{VENDOR}/cards/{CARD}/nothing",
        f"{VENDOR}/cards/..%2fprogram/passes",
        f"{VENDOR}/cards/%2e%2e",
        f"{VENDOR}/cards/a%2fb",
        "/internal/states/terminal/x",
        "/api/v1/../../internal/card-views",
        f"{VENDOR}/cards/%2e%2e/%2e%2e/%2e%2e/%2e%2e/internal/card-views",
        "/nothing",
    ],
)
async def test_what_is_at_no_address_is_a_problem_like_any_other(house, path):
    async with house.as_till() as till:
        answer = await till.get(f"http://service{path}")

    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert answer.headers["content-type"] == "application/problem+json"
    assert all(stand_in.asked == [] for stand_in in house.services.values())


async def test_an_unknown_address_needs_no_credential_to_be_unknown(house):
    async with house.calls() as nobody:
        assert (await nobody.get("/api/v1/nothing")).status_code == 404


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", f"{VENDOR}/program", "GET, PATCH"),
        ("GET", f"{VENDOR}/stamp", "POST"),
        ("GET", f"{VENDOR}/cards/lookup", "POST"),
        ("OPTIONS", f"{VENDOR}/program", "GET, PATCH"),
    ],
)
async def test_a_wrong_method_is_told_the_right_ones(house, method, path, allowed):
    async with house.as_till() as till:
        answer = await till.request(method, path)

    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert answer.headers["allow"] == allowed


async def test_a_literal_segment_goes_before_a_templated_one(house):
    async with house.as_till() as till:
        await till.get(f"{VENDOR}/cards/{CARD}/passes")
        assert house.services["wallet"].asked[0].path == f"{VENDOR}/cards/{CARD}/passes"


# -- forwarding


async def test_path_query_and_body_go_on_as_they_were_meant(house):
    house.ledger.answer("POST", "/internal/card-views", (200, {"views": {}}, {}))
    house.cards.answer("GET", f"{VENDOR}/cards", (200, {"items": []}, {}))
    async with house.as_owner() as owner:
        await owner.get(f"{VENDOR}/cards?search=M%C3%BCller%20%26%20Co&limit=2&cursor=a%2Bb")
        await owner.patch(f"{VENDOR}/program", json={"card_name": "Müller"}, headers={"if-match": '"3"'})

    assert house.cards.asked[0].path == f"{VENDOR}/cards?search=M%C3%BCller%20%26%20Co&limit=2&cursor=a%2Bb"
    (changed,) = house.programs.asked
    assert changed.json() == {"card_name": "Müller"}
    assert changed.headers["if-match"] == '"3"'


async def test_a_line_feed_in_a_path_is_the_services_to_refuse(house):
    house.cards.answer("GET", f"{VENDOR}/cards/a\nb", (422, {}, {}))
    async with house.as_owner() as owner:
        answer = await owner.get(f"{VENDOR}/cards/a%0Ab")

    assert answer.status_code == 422
    assert house.cards.asked[0].path == f"{VENDOR}/cards/a%0Ab"


async def test_an_answer_keeps_the_headers_that_the_contract_names(house):
    sent = {
        "etag": '"4"', "location": "/x", "cache-control": "public, max-age=60", "server": "mine",
        "x-probe": "1", "set-cookie": "a=b", "retry-after": "3", "access-control-allow-origin": "*",
    }  # fmt: skip
    house.programs.answer("GET", f"{VENDOR}/program", (200, {}, sent))

    async with house.as_till() as till:
        answer = await till.get(f"{VENDOR}/program")

    assert {"etag", "location", "cache-control", "retry-after"} <= answer.headers.keys()
    assert answer.headers["cache-control"] == "public, max-age=60"
    assert not {"server", "x-probe", "set-cookie", "access-control-allow-origin"} & answer.headers.keys()


APPLE = "/api/v1/loyalty/apple/v1"


async def test_a_device_s_token_reaches_the_wallet_beside_ours(house):
    path = f"{APPLE}/passes/pass.example/1"
    sent = {"last-modified": "Fri, 20 Nov 2026 10:00:05 GMT", "cache-control": "private, no-cache"}
    house.services["wallet"].answer("GET", path, (304, None, sent))

    async with house.calls(
        **{"authorization": "ApplePass abc", "if-modified-since": "Fri, 20 Nov 2026 10:00:05 GMT"}
    ) as device:
        answer = await device.get(path, headers={"x-pass-authorization": "ApplePass forged"})

    (seen,) = house.services["wallet"].asked
    assert seen.headers["x-pass-authorization"] == "ApplePass abc"
    assert seen.headers["if-modified-since"] == "Fri, 20 Nov 2026 10:00:05 GMT"
    assert house.caller_of(seen).role == "public"
    assert (answer.status_code, answer.headers["last-modified"]) == (304, sent["last-modified"])
    assert answer.headers["cache-control"] == "private, no-cache"


async def test_no_caller_s_authorization_goes_on_where_nobody_asked_for_it(house):
    async with house.calls(authorization="ApplePass of-some-pass") as device:
        await device.get(f"{APPLE}/devices/d1/registrations/pass.example?passesUpdatedSince=7")
        await device.get(
            "/api/v1/loyalty/cards/token", headers={"x-pass-authorization": "ApplePass of-some-pass"}
        )

    for seen in (*house.services["wallet"].asked, *house.cards.asked):
        assert "x-pass-authorization" not in seen.headers
        assert "of-some-pass" not in seen.headers["authorization"]
    assert house.services["wallet"].asked[0].path.endswith("?passesUpdatedSince=7")


async def test_bytes_of_any_kind_come_back_as_they_were_sent(house):
    content = bytes(range(256))
    wallet = house.services["wallet"]
    wallet.answers["GET", f"{APPLE}/passes/t/1"] = [
        web.Response(body=content, headers={"content-type": "application/vnd.apple.pkpass"})
    ]

    async with house.calls(authorization="ApplePass abc") as device:
        answer = await device.get(f"{APPLE}/passes/t/1")

    assert answer.content == content
    assert answer.headers["content-type"] == "application/vnd.apple.pkpass"


async def test_a_device_and_a_serial_number_go_on_as_they_were_meant(house):
    path = f"{APPLE}/devices/a%20b%C3%A9%3F/registrations/pass.example/1"

    async with house.calls(authorization="ApplePass abc") as device:
        await device.delete(path)

    assert house.services["wallet"].asked[0].path == path


async def test_head_is_get_without_a_body(house):
    house.programs.answer("GET", f"{VENDOR}/program", (200, {"id": 1}, {}))

    async with house.as_till() as till:
        answer = await till.head(f"{VENDOR}/program")

    assert (answer.status_code, answer.content) == (200, b"")
    assert house.programs.asked[0].method == "GET"


async def test_what_creates_needs_a_key_and_valid_json_first(house):
    async with house.calls(authorization=f"Bearer {house.token(house.admin)}") as admin:
        path, json_type = f"{ADMIN}/merchants", {"content-type": "application/json"}
        assert (await admin.post(path, content=b"{", headers=json_type)).json()["code"] == "malformed-request"
        assert (await admin.post(path, json={})).json()["code"] == "idempotency-key-missing"
        answer = await admin.post(path, json={}, headers={"idempotency-key": "short"})
        assert answer.json()["code"] == "idempotency-key-invalid"
        assert house.programs.asked == []
        assert (await admin.post(path, json={}, headers={"idempotency-key": KEY})).status_code == 200


async def test_bodies_too_large_or_of_another_kind_are_refused(house):
    async with house.as_till() as till:
        large = await till.post(f"{VENDOR}/cards/lookup", json={"qr": "x" * 65_536})
        other = await till.post(
            f"{VENDOR}/cards/lookup", content=b"qr=x", headers={"content-type": "text/plain"}
        )

    assert (large.status_code, large.json()["code"]) == (413, "body-too-large")
    assert (other.status_code, other.json()["code"]) == (415, "unsupported-media-type")
    assert house.cards.asked == []


async def test_a_service_that_is_away_is_a_problem_that_may_pass(house):
    await house.programs.stop()
    house.services["programs"].states.clear()

    async with house.calls(authorization=f"Bearer {house.token(house.admin)}") as admin:
        answer = await admin.post(f"{ADMIN}/merchants", json={}, headers={"idempotency-key": KEY})

    assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")
    assert answer.json()["instance"] == f"{ADMIN}/merchants"


async def test_logs_hold_the_template_never_the_id_or_the_query(house, capsys):
    async with house.as_till() as till:
        await till.get(f"{VENDOR}/cards/{CARD}/passes?search=ana@example.com")
        await till.get(f"/api/v1/{CARD}")
    house.service.lines.flush()

    lines = capsys.readouterr().out
    assert f'"route":"{VENDOR}/cards/{{card_id}}/passes"' in lines
    assert CARD not in lines
    assert "ana@" not in lines


# -- composing cards


def ledger_knows(house: Any, *ids: str) -> None:
    house.ledger.answer("POST", "/internal/card-views", (200, {"views": dict.fromkeys(ids, VIEW)}, {}))


async def test_a_card_is_completed_by_its_account(house):
    held = {"id": CARD, "status": "active", "qr_code": "q"}
    house.cards.answer("GET", f"{VENDOR}/cards/{CARD}", (200, held, {}))
    ledger_knows(house, CARD)

    async with house.as_till() as till:
        answer = await till.get(f"{VENDOR}/cards/{CARD}")

    assert answer.json() == {**held, **VIEW}
    (asked,) = house.ledger.asked
    assert asked.json() == {
        "card_ids": [CARD],
        "merchant_id": str(house.merchant.id),
        "store_id": str(house.store.id),
    }
    assert house.caller_of(asked).role == "service"


async def test_an_enrolled_card_keeps_status_and_location(house):
    made = {"card": {"id": CARD}, "already_enrolled": False, "card_url": "u"}
    house.cards.answer("POST", f"{VENDOR}/cards", (201, made, {"location": f"{VENDOR}/cards/{CARD}"}))
    ledger_knows(house, CARD)

    async with house.as_owner(idempotency_key=KEY) as owner:
        answer = await owner.post(f"{VENDOR}/cards", json={})

    assert answer.status_code == 201
    assert answer.headers["location"] == f"{VENDOR}/cards/{CARD}"
    assert answer.json() == {**made, "card": {"id": CARD, **VIEW}}
    assert house.ledger.asked[0].json()["store_id"] is None


async def test_a_page_of_cards_is_completed_by_one_question(house):
    other = str(uuid4())
    page = {"items": [{"id": CARD}, {"id": other}], "next_cursor": "c"}
    house.cards.answer(
        "GET", f"{VENDOR}/cards", (200, page, {}), (200, {"items": [], "next_cursor": None}, {})
    )
    ledger_knows(house, CARD, other)

    async with house.as_owner() as owner:
        answer = await owner.get(f"{VENDOR}/cards")
        empty = await owner.get(f"{VENDOR}/cards")

    assert [card["stamp_count"] for card in answer.json()["items"]] == [7, 7]
    assert answer.json()["next_cursor"] == "c"
    assert empty.json()["items"] == []
    assert len(house.ledger.asked) == 1


async def test_a_refusal_is_not_completed(house):
    house.cards.answer("GET", f"{VENDOR}/cards/{CARD}", (404, {"code": "card-not-found"}, {}))

    async with house.as_till() as till:
        answer = await till.get(f"{VENDOR}/cards/{CARD}")

    assert (answer.status_code, answer.json()) == (404, {"code": "card-not-found"})
    assert house.ledger.asked == []


@pytest.mark.parametrize("trouble", ["away", "refuses", "knows it not"])
async def test_half_a_card_is_never_shown(house, trouble):
    house.cards.answer("GET", f"{VENDOR}/cards/{CARD}", (200, {"id": CARD}, {}))
    if trouble == "away":
        await house.ledger.stop()
    elif trouble == "refuses":
        house.ledger.answer("POST", "/internal/card-views", (401, {}, {}))
    else:
        ledger_knows(house)

    async with house.as_till() as till:
        answer = await till.get(f"{VENDOR}/cards/{CARD}")

    assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")


async def test_a_switched_card_is_shown_whole_with_the_ledgers_word_on_top(house):
    part = {**VIEW, "id": CARD, "status": "inactive"}
    switch = f"{VENDOR}/cards/{CARD}/deactivate"
    house.ledger.answer("POST", switch, (200, part, {"idempotency-replayed": "true"}))
    whole = {"id": CARD, "status": "active", "card_number": "4821-0077-1930"}
    house.cards.answer("GET", f"{VENDOR}/cards/{CARD}", (200, whole, {}), (503, {}, {}))

    async with house.as_till() as till:
        answer = await till.post(switch, headers={"idempotency-key": KEY})
        half = await till.post(switch)

    assert (answer.status_code, answer.json()) == (200, {**whole, **part})
    assert answer.headers["idempotency-replayed"] == "true"
    assert (half.status_code, half.json()["code"]) == (503, "upstream-unavailable")


async def test_a_switch_that_is_refused_asks_no_further(house):
    switch = f"{VENDOR}/cards/{CARD}/deactivate"
    house.ledger.answer("POST", switch, (404, {"code": "card-not-found"}, {}))

    async with house.as_till() as till:
        answer = await till.post(switch)

    assert (answer.status_code, answer.json()) == (404, {"code": "card-not-found"})
    assert house.cards.asked == []


# -- the stock of rewards


def a_reward(stock: int | None) -> dict[str, Any]:
    return {"id": str(uuid4()), "name": "Cup", "stock": stock}


async def test_rewards_show_what_is_left_of_their_stock(house):
    given = [a_reward(5), a_reward(5), a_reward(2), a_reward(None)]
    house.programs.answer("GET", f"{VENDOR}/rewards", (200, {"items": given, "next_cursor": None}, {}))
    taken = {given[0]["id"]: 3, given[2]["id"]: 4}
    house.ledger.answer("POST", "/internal/rewards-taken", (200, {"taken": taken}, {}))

    async with house.as_till() as till:
        answer = await till.get(f"{VENDOR}/rewards")

    assert [reward["stock_left"] for reward in answer.json()["items"]] == [2, 5, 0, None]
    (asked,) = house.ledger.asked
    assert asked.json() == {"reward_ids": [reward["id"] for reward in given[:3]]}
    assert house.caller_of(asked).role == "service"


async def test_a_reward_without_stock_asks_nobody(house):
    reward = a_reward(None)
    house.programs.answer("GET", f"{VENDOR}/rewards/{reward['id']}", (200, reward, {"etag": '"3"'}))
    await house.ledger.stop()

    async with house.as_owner() as owner:
        answer = await owner.get(f"{VENDOR}/rewards/{reward['id']}")

    assert answer.json() == {**reward, "stock_left": None}
    assert answer.headers["etag"] == '"3"'


async def test_a_stock_that_nobody_counted_is_never_shown(house):
    reward = a_reward(5)
    house.programs.answer("GET", f"{VENDOR}/rewards/{reward['id']}", (200, reward, {}))
    await house.ledger.stop()

    async with house.as_owner() as owner:
        answer = await owner.get(f"{VENDOR}/rewards/{reward['id']}")

    assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")


# -- the figures of programs


async def test_a_list_of_programs_shows_what_the_ledger_counted_of_each(house):
    given = [{"id": str(uuid4()), "card_name": "Card"} for _ in range(2)]
    page = {"items": given, "next_cursor": None}
    house.programs.answer("GET", f"{ADMIN}/programs", (200, page, {}))
    counted = {given[1]["id"]: {"cards_total": 7}}
    house.ledger.answer("POST", "/internal/program-statistics", (200, {"statistics": counted}, {}))

    async with house.calls(authorization=f"Bearer {house.token(house.admin)}") as admin:
        answer = await admin.get(f"{ADMIN}/programs")
        (asked,) = house.ledger.asked
        await house.ledger.stop()
        without = await admin.get(f"{ADMIN}/programs")

    assert [program["statistics"] for program in answer.json()["items"]] == [None, {"cards_total": 7}]
    assert asked.json() == {"program_ids": [program["id"] for program in given]}
    assert house.caller_of(asked).role == "service"
    assert without.status_code == 200
    assert [program["statistics"] for program in without.json()["items"]] == [None, None]
