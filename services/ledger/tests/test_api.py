"""The ledger's door: who may come in, what is refused and how, exactly."""

from __future__ import annotations

import time
from typing import Any
from uuid import UUID

import pytest

from contracts.auth_pins import SIGNING_KEYS_ID, PublicKey, SigningKeysChanged, StaffChanged
from kit.identity import STAFF_SESSION, Caller, public_x
from kit.ids import now, uuid7

STAMP = "/api/v1/vendor/loyalty/stamp"
KEY = {"idempotency-key": "a-good-key-0123456"}


async def test_a_stamp_answers_exactly_what_is_written(world: Any) -> None:
    await world.program(cooldown_minutes=15, max_daily_stamps=5, stamps_target=10)
    card = await world.card()

    answer = (await world.stamp(card)).json()

    assert UUID(answer.pop("transaction_id")).version == 7
    assert answer.pop("transaction_at") < answer.pop("next_stamp_available_at")
    number = card.card_number
    assert answer == {
        "card_id": str(card.id),
        "card_number": f"{number[:4]}-{number[4:8]}-{number[8:]}",
        "stamp_count": 1,
        "stamps_target": 10,
        "stamps_until_reward": 9,
        "reward_earned": False,
        "reward_description": None,
        "stamps_today": 1,
        "stamps_remaining_today": 4,
        "points_balance": 0,
        "owed_repaid": 0,
    }


async def test_the_reward_is_earned_and_taken(world: Any) -> None:
    await world.program(stamps_target=2, stamps_reward_description="Espresso", stamps_reward_value_cents=280)
    card = await world.card()
    await world.stamp(card)
    full = (await world.stamp(card)).json()
    taken = (await world.ask("/stamp/redeem", {"qr": card.qr_code})).json()

    assert (full["reward_earned"], full["reward_description"], full["stamps_until_reward"]) == (
        True,
        "Espresso",
        0,
    )
    assert (taken["stamp_count"], taken["stamps_redeemed"], taken["reward_value_cents"]) == (0, 1, 280)
    assert (taken["reward_earned"], taken["reward_description"]) == (False, "Espresso")


async def test_an_earning_tells_points_tier_and_rewards_within_reach(world: Any) -> None:
    tiers = [
        {"name": "bronze", "from_points": 0, "multiplier_percent": 100},
        {"name": "silver", "from_points": 100, "multiplier_percent": 125},
    ]
    await world.program(tiers=tiers, points_per_euro=1)
    mug = await world.reward(points_required=60, name="Mug")
    await world.reward(points_required=61, name="Cap")
    card = await world.card()

    answer = (await world.earn(card, 6050)).json()

    assert answer["points_earned"] == answer["points_balance"] == answer["total_points_earned"] == 60
    assert answer["owed_repaid"] == 0
    assert answer["tier"] == {
        "name": "bronze", "multiplier_percent": 100, "next": {"name": "silver", "points_to_go": 40}
    }  # fmt: skip
    assert answer["rewards_within_reach"] == [{"id": str(mug.id), "name": "Mug", "points_required": 60}]

    spent = (await world.ask("/points/redeem", {"card_id": str(card.id), "reward_id": str(mug.id)})).json()
    assert (spent["points_spent"], spent["points_balance"]) == (60, 0)
    assert spent["reward"] == {"id": str(mug.id), "name": "Mug", "value_cents": None}


async def test_a_purchase_of_zero_points_still_leaves_a_row(world: Any) -> None:
    await world.program(points_per_euro=0)
    card = await world.card()
    answer = await world.earn(card, 999)
    assert (answer.status_code, answer.json()["points_earned"]) == (200, 0)
    assert len(world.transactions(card.id)) == 2


async def test_another_merchants_card_is_answered_as_one_that_does_not_exist(world: Any) -> None:
    class NoCards:
        async def get(self, path: str) -> None:
            return None

    world.accounts._cards = NoCards()
    card = await world.card()
    stranger = Caller("terminal", uuid7(), world.store_id, world.terminal_id)
    headers = {**KEY, "x-request-id": "the-same-request"}
    async with world.http(stranger) as http:
        theirs = await http.post(STAMP, json={"qr": card.qr_code}, headers=headers)
        nobodys = await http.post(STAMP, json={"qr": "q" * len(card.qr_code)}, headers=headers)

    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content
    assert {k: v for k, v in theirs.headers.items() if k != "traceparent"} == {
        k: v for k, v in nobodys.headers.items() if k != "traceparent"
    }
    assert len(world.transactions(card.id)) == 1


BAD_BODIES: list[tuple[bytes, int, str, tuple[str, str] | None]] = [
    (b"", 400, "malformed-request", None),
    (b"{", 400, "malformed-request", None),
    (b"[" * 30_000, 400, "malformed-request", None),
    (b"\xff\xfe", 400, "malformed-request", None),
    (b"9" * 5000, 422, "validation-failed", ("", "wrong-type")),
    (b"[]", 422, "validation-failed", ("", "wrong-type")),
    (b"null", 422, "validation-failed", ("", "wrong-type")),
    (b"{}", 422, "validation-failed", ("", "exactly-one")),
    (b'{"card_id": "x"}', 422, "validation-failed", ("card_id", "bad-format")),
    (b'{"card_id": 7}', 422, "validation-failed", ("card_id", "wrong-type")),
    (b'{"qr": "q", "number": "123456789012"}', 422, "validation-failed", ("", "exactly-one")),
    (b'{"number": "12"}', 422, "validation-failed", ("number", "too-short")),
    (b'{"number": "1234567890123"}', 422, "validation-failed", ("number", "bad-format")),
    (b'{"number": "12345678901\xd9\xa3"}', 422, "validation-failed", ("number", "bad-format")),
    (b'{"qr": "a\\u0000b"}', 422, "validation-failed", ("qr", "bad-format")),
    (b'{"qr": ""}', 422, "validation-failed", ("qr", "too-short")),
    (b'{"qr": "q", "notes": 1}', 422, "validation-failed", ("notes", "wrong-type")),
    (b'{"qr": "q", "notes": "\\u0007"}', 422, "validation-failed", ("notes", "bad-format")),
    (b'{"qr": "q", "dry_run": "true"}', 422, "validation-failed", ("dry_run", "wrong-type")),
    (b'{"qr": "q", "stamps": 1}', 422, "validation-failed", ("stamps", "unknown-field")),
    (b'{"qr": "q", "store_id": "01a1fdc8-bf16-7163-a00e-1bdd09b921d5"}', 422, "validation-failed",
     ("store_id", "not-allowed")),
]  # fmt: skip


@pytest.mark.parametrize(("body", "status", "code", "field"), BAD_BODIES)
async def test_a_bad_body_is_a_problem_with_a_code(
    world: Any, body: bytes, status: int, code: str, field: tuple[str, str] | None
) -> None:
    async with world.http() as http:
        answer = await http.post(STAMP, content=body, headers={**KEY, "content-type": "application/json"})

    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert {
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "request_id",
        "retryable",
    } <= problem.keys()
    if field:
        assert field in [(error["field"], error["code"]) for error in problem["errors"]]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purchase_amount_cents": 0}, "too-small"),
        ({"purchase_amount_cents": 100_000_001}, "too-large"),
        ({"purchase_amount_cents": 10**400}, "too-large"),
        ({"purchase_amount_cents": 12.5}, "wrong-type"),
        ({"purchase_amount_cents": "12"}, "wrong-type"),
        ({"purchase_amount_cents": True}, "wrong-type"),
        ({"purchase_amount_cents": None}, "wrong-type"),
        ({"currency": "eur"}, "bad-format"),
        ({"currency": "EURO"}, "bad-format"),
        ({"order_reference": ""}, "too-short"),
        ({"order_reference": "x" * 65}, "too-long"),
        ({"order_reference": "a\nb"}, "bad-format"),
    ],
)
async def test_a_bad_purchase_is_named_by_its_field(world: Any, changes: dict[str, Any], code: str) -> None:
    card = await world.card()
    body = {"card_id": str(card.id), "purchase_amount_cents": 100, "currency": "EUR", **changes}
    answer = await world.ask("/points/earn", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [(next(iter(changes)), code)]
    assert len(world.transactions(card.id)) == 1


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 400, "idempotency-key-missing"),
        ({"idempotency-key": "short"}, 400, "idempotency-key-invalid"),
        ({"idempotency-key": "x" * 256}, 400, "idempotency-key-invalid"),
        ({"idempotency-key": "tab\tin-the-middle-of"}, 400, "idempotency-key-invalid"),
        ({"idempotency-key": "not-äscii-0123456789"}, 400, "idempotency-key-invalid"),
        ({**KEY, "content-type": "text/plain"}, 415, "unsupported-media-type"),
        ({**KEY, "authorization": "Bearer nonsense"}, 401, "unauthenticated"),
        ({**KEY, "authorization": "Basic x"}, 401, "unauthenticated"),
    ],
)
async def test_bad_headers_are_refused(world: Any, headers: dict[str, str], status: int, code: str) -> None:
    card = await world.card()
    async with world.http() as http:
        raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
        given = [(b"content-type", b"application/json")] if "content-type" not in headers else []
        content = f'{{"card_id": "{card.id}"}}'
        answer = await http.post(STAMP, content=content, headers=[*raw, *given])
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert len(world.transactions(card.id)) == 1


async def test_a_body_over_64_kib_is_refused(world: Any) -> None:
    answer = await world.ask("/stamp", {"qr": "x" * 70_000})
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


async def test_roles_that_may_not_move_a_balance_are_forbidden(world: Any) -> None:
    card = await world.card()
    for role in ("admin", "public", "service"):
        async with world.http(Caller(role, world.merchant_id)) as http:  # type: ignore[arg-type]
            answer = await http.post(STAMP, json={"card_id": str(card.id)}, headers=KEY)
        assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


async def test_a_user_names_a_store_of_the_merchant(world: Any) -> None:
    class Nobody:
        async def __call__(self, *_: Any) -> None:
            return None

    world.states._fetch = Nobody()
    card = await world.card()
    owner = Caller("owner", world.merchant_id, user_id=uuid7())
    async with world.http(owner) as http:

        async def ask(**more: Any) -> Any:
            return await http.post(
                STAMP, json={"card_id": str(card.id), **more}, headers={"idempotency-key": str(uuid7())}
            )

        without, unknown = await ask(), await ask(store_id=str(uuid7()))
        good = await ask(store_id=str(world.store_id))

    assert without.json()["errors"][0] == {
        "field": "store_id",
        "code": "required",
        "message": "is required of users",
    }
    assert (unknown.status_code, unknown.json()["code"]) == (404, "store-not-found")
    assert good.status_code == 200
    assert [
        row[0]
        for row in world.rows("SELECT user_id FROM transactions WHERE card_id = %s AND type = 3", card.id)
    ]


# -- staff sessions


async def session(world: Any, **changes: Any) -> str:
    """A staff session signed by auth-pins, whose keys and staff member the ledger has heard of."""
    signer = world.keys.signer("auth-pins")
    key = PublicKey(kid=signer.kid, x=public_x(signer.public_key))
    staff_id = changes.pop("staff_id", uuid7())
    await world.tell(
        SigningKeysChanged(id=SIGNING_KEYS_ID, version=1, keys=(key,)),
        StaffChanged(id=staff_id, version=1, merchant_id=world.merchant_id),
    )
    claims = {
        "aud": STAFF_SESSION, "jti": str(uuid7()), "sub": str(staff_id),
        "merchant_id": str(world.merchant_id), "store_id": str(world.store_id),
        "terminal_id": str(world.terminal_id), "name": "Ana", "role": "staff",
        "exp": time.time() + 900, **changes,
    }  # fmt: skip
    token: str = signer.sign(claims)
    return token


async def test_a_session_approves_and_is_remembered_beside_the_row(world: Any) -> None:
    await world.settings(staff_pin_policy="required")
    card = await world.card()
    staff_id = uuid7()

    without = await world.stamp(card)
    stamped = await world.stamp(
        card, x_staff_session=await session(world, staff_id=staff_id), x_client_address="192.0.2.7",
        x_client_agent="till/1",
    )  # fmt: skip

    assert (without.status_code, without.json()["code"]) == (403, "staff-approval-required")
    assert stamped.status_code == 200
    rows = world.rows(
        "SELECT t.staff_id, host(c.ip_address), a.text, n.text FROM transactions t"
        " JOIN transaction_context c ON c.transaction_id = t.id JOIN texts a ON a.id = c.user_agent_id"
        " JOIN texts n ON n.id = c.staff_name_id WHERE t.card_id = %s AND type = 3",
        card.id,
    )
    assert rows == [(staff_id, "192.0.2.7", "till/1", "Ana")]
    assert "Ana" not in str(world.events(card.id))


async def test_addresses_are_not_kept_where_the_merchant_switched_that_off(world: Any) -> None:
    await world.settings(log_ip_addresses=False)
    card = await world.card()
    await world.stamp(card, x_client_address="192.0.2.7")
    kept = world.rows(
        "SELECT count(*) FROM transaction_context JOIN transactions ON id = transaction_id"
        " WHERE card_id = %s",
        card.id,
    )
    assert kept == [(0,)]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"terminal_id": str(uuid7())}, "staff-approval-invalid"),
        ({"store_id": str(uuid7())}, "staff-approval-invalid"),
        ({"merchant_id": str(uuid7())}, "staff-approval-invalid"),
        ({"exp": time.time() - 60}, "staff-approval-expired"),
        ({"aud": "punchcard-internal"}, "staff-approval-invalid"),
        ({"sub": "nobody"}, "staff-approval-invalid"),
    ],
)
async def test_a_session_that_is_not_good_is_refused(world: Any, changes: dict[str, Any], code: str) -> None:
    await world.settings(staff_pin_policy="required")
    card = await world.card()
    answer = await world.stamp(card, x_staff_session=await session(world, **changes))
    assert (answer.status_code, answer.json()["code"]) == (403, code)
    assert len(world.transactions(card.id)) == 1


async def test_forged_and_revoked_sessions_are_refused(world: Any) -> None:
    await world.settings(staff_pin_policy="required")
    card = await world.card()
    staff_id = uuid7()
    good = await session(world, staff_id=staff_id)
    forged = world.keys.signer("gateway").sign({"aud": STAFF_SESSION, "exp": time.time() + 60})
    unsigned = "eyJhbGciOiJub25lIn0." + good.split(".")[1] + "."

    for token in (forged, unsigned, "x", good[:-4] + "AAAA"):
        answer = await world.stamp(card, x_staff_session=token)
        assert (answer.status_code, answer.json()["code"]) == (403, "staff-approval-invalid"), token
    assert (await world.stamp(card, x_staff_session=good)).status_code == 200

    state = StaffChanged(id=staff_id, version=2, merchant_id=world.merchant_id, sessions_revoked_at=now())
    await world.tell(state)
    answer = await world.stamp(card, x_staff_session=good)
    assert (answer.status_code, answer.json()["code"]) == (403, "staff-approval-expired")


async def test_redeeming_takes_a_session_of_the_last_two_minutes(world: Any) -> None:
    await world.settings(staff_pin_policy="required")
    await world.program(stamps_target=1)
    card = await world.card()
    old = await session(world, iat=time.time() - 121)
    assert (await world.stamp(card, x_staff_session=old)).status_code == 200
    body = {"card_id": str(card.id)}
    refused = await world.ask("/stamp/redeem", body, x_staff_session=old)
    given = await world.ask("/stamp/redeem", body, x_staff_session=await session(world))
    assert refused.json()["code"] == "staff-approval-expired"
    assert given.status_code == 200


# -- languages


async def test_a_kept_refusal_is_replayed_in_the_language_of_the_first_request(world: Any) -> None:
    card = await world.card()
    body = {"card_id": str(card.id)}
    key = "0123456789abcdef-language"

    first = await world.ask("/stamp/redeem", body, key=key, accept_language="lb-LU")
    again = await world.ask("/stamp/redeem", body, key=key, accept_language="fr")
    other = await world.ask("/stamp/redeem", body, key=key + "-2", accept_language="fr")

    assert first.json()["title"] == "Net genuch Stempelen"
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
    assert other.json()["detail"] == "La carte a 0 tampon ; il en faut 3"


# -- probing, and views


async def test_a_probe_tells_whether_a_key_is_known_and_changes_nothing(world: Any) -> None:
    card = await world.card()
    key = "0123456789abcdef-probe"

    new = await world.stamp(card, key=key, x_probe="1")
    done = await world.stamp(card, key=key)
    known = await world.stamp(card, key=key, x_probe="1")
    other = await world.ask("/stamp", {"qr": card.qr_code}, key=key, x_probe="1")
    wrong = await world.ask("/stamp", {}, key=key, x_probe="1")

    assert (new.status_code, new.content) == (204, b"")
    assert (known.status_code, known.content) == (200, done.content)
    assert known.headers["idempotency-replayed"] == "true"
    assert (other.status_code, other.json()["code"]) == (422, "idempotency-key-reused")
    assert wrong.status_code == 422
    assert len(world.transactions(card.id)) == 2


async def test_a_probe_is_answered_with_the_refusal_that_is_kept(world: Any) -> None:
    card = await world.card()
    key = "0123456789abcdef-refused"
    body = {"card_id": str(card.id)}
    refused = await world.ask("/stamp/redeem", body, key=key)

    known = await world.ask("/stamp/redeem", body, key=key, x_probe="1")

    assert (known.status_code, known.content) == (409, refused.content)
    assert known.headers["idempotency-replayed"] == "true"


async def test_a_view_says_what_a_card_may_do_at_a_store(world: Any) -> None:
    await world.program(stamps_target=1, cooldown_minutes=15, max_daily_stamps=5)
    reward = await world.reward(points_required=60)
    card, scoped = await world.card(), await world.card(scope_store_id=world.store_id)
    await world.stamp(card)
    await world.earn(card, 600)
    await world.settings(allow_cross_location_redemption=False)
    await world.stamp(scoped)

    async with world.http(Caller("service", service="gateway")) as http:
        asked = {"card_ids": [str(card.id), str(scoped.id)], "merchant_id": str(world.merchant_id)}
        here = (await http.post("/internal/card-views", json=asked)).json()["views"]
        asked["store_id"] = str(world.other_store_id)
        there = (await http.post("/internal/card-views", json=asked)).json()["views"]
        asked["merchant_id"] = str(uuid7())
        stranger = (await http.post("/internal/card-views", json=asked)).json()["views"]

    view = here[str(card.id)]
    assert view.pop("next_stamp_available_at").endswith("Z")
    assert view == {
        "status": "active", "stamp_count": 1, "stamps_target": 1, "total_stamps_earned": 1,
        "stamps_redeemed": 0, "points_balance": 60, "total_points_earned": 60, "points_redeemed": 0,
        "tier": None, "can_stamp": False, "stamps_today": 1, "stamps_remaining_today": 4,
        "can_redeem_stamps": True,
        "available_rewards": [{"id": str(reward.id), "name": "Mug", "points_required": 60}],
    }  # fmt: skip
    assert here[str(scoped.id)]["can_redeem_stamps"] is True
    assert there[str(scoped.id)]["can_redeem_stamps"] is False
    assert there[str(card.id)]["can_redeem_stamps"] is True
    assert stranger == {}
