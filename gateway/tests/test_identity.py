"""Who is let in, and who is not: API keys and sign-ins against what auth-pins and programs have told."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import jwt
import pytest

from contracts.auth_pins import EndedSession, PublicKey, SigningKeysChanged
from kit.identity import INTERNAL, public_x
from kit.ids import now
from kit.testing import Keys

VENDOR, ADMIN, AUTH = "/api/v1/vendor/loyalty", "/api/v1/admin/loyalty", "/api/v1/auth"
PROGRAM = f"{VENDOR}/program"


async def ask(house: Any, credential: str | None, path: str = PROGRAM) -> httpx.Response:
    headers = {} if credential is None else {"authorization": credential}
    async with house.calls(**headers) as caller:
        return await caller.get(path)


async def status(house: Any, credential: str) -> int:
    """Asked three times: what is read for the first time may be remembered only from the second on."""
    answers = [await ask(house, f"Bearer {credential}") for _ in range(3)]
    assert len({answer.status_code for answer in answers}) == 1
    return answers[-1].status_code


# -- terminals


async def test_a_terminals_key_opens_and_the_service_learns_who_it_is(house):
    answer = await ask(house, f"Bearer {house.api_key()}")

    assert answer.status_code == 200
    caller = house.caller_of(house.programs.asked[-1])
    assert (caller.role, caller.merchant_id) == ("terminal", house.merchant.id)
    assert (caller.store_id, caller.terminal_id) == (house.store.id, house.terminal.id)


async def test_the_owner_is_asked_once_for_a_terminal_and_never_again(house):
    for _ in range(5):
        assert await status(house, house.api_key()) == 200

    assert len(house.auth_pins.state_reads) == 1
    assert len(house.programs.state_reads) == 2  # the merchant and the store


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: key[:-1] + "t",
        lambda key: key + "s",
        lambda key: key[:-1],
        lambda key: key.replace("pk_live", "pk_test"),
        lambda key: key.replace("pk_live", "pk_prod"),
        lambda key: key.upper(),
        lambda key: f"pk_live_{uuid4().hex}_{'s' * 43}",
        lambda key: key.rpartition("_")[0] + "_",
        lambda key: "pk_live__",
        lambda key: "",
        lambda key: key + "\xff",
    ],
)
async def test_a_key_that_was_tampered_with_opens_nothing(house, spoil):
    assert await status(house, house.api_key()) == 200

    answer = await ask(house, f"Bearer {spoil(house.api_key())}".strip())

    assert answer.status_code == 401
    assert answer.json()["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_a_key_without_bearer_is_told_what_is_missing(house):
    answer = await ask(house, house.api_key())

    assert answer.status_code == 401
    assert answer.json()["detail"] == (
        "The Authorization header has no Bearer: send Authorization: Bearer <API key or access token>"
    )


@pytest.mark.parametrize("scheme", ["Basic ", "", "Token ", "Bearer\t"])
async def test_another_scheme_than_bearer_opens_nothing(house, scheme):
    assert (await ask(house, f"{scheme}{house.api_key()}")).status_code == 401


async def test_without_a_credential_only_public_routes_answer(house):
    async with house.calls() as anybody:
        assert (await anybody.get(PROGRAM)).status_code == 401
        assert (await anybody.post(f"{AUTH}/token", json={})).status_code == 200

    assert house.caller_of(house.auth_pins.asked[-1]).role == "public"


async def test_the_hash_of_a_secret_is_not_the_secret(house):
    assert await status(house, house.api_key(house.terminal.keys[0].sha256)) == 401


async def test_the_old_key_of_a_rotation_opens_until_it_ends(house, key_hash_of):
    old, new = key_hash_of("o" * 43, ends_in_s=2), key_hash_of("n" * 43)
    house.auth_pins.tell(house.terminal.model_copy(update={"keys": (old, new), "version": 2}))

    assert await status(house, house.api_key("o" * 43)) == 200
    assert await status(house, house.api_key("n" * 43)) == 200
    await asyncio.sleep(2.1)

    assert await status(house, house.api_key("o" * 43)) == 401
    assert await status(house, house.api_key("n" * 43)) == 200


async def test_a_key_made_a_moment_ago_opens_before_its_event_has_arrived(house, key_hash_of):
    assert await status(house, house.api_key()) == 200
    rotated = house.terminal.model_copy(
        update={"keys": (*house.terminal.keys, key_hash_of("n" * 43)), "version": 2}
    )
    house.auth_pins.tell(rotated)

    assert await status(house, house.api_key("n" * 43)) == 200


async def test_wrong_keys_ask_the_owner_together_and_at_most_ten_times_a_second(house):
    began = time.monotonic()
    wrong = [house.api_key(f"{number:043}") for number in range(40)]

    assert set(await asyncio.gather(*(status(house, key) for key in wrong))) == {401}
    assert set(await asyncio.gather(*(status(house, key) for key in wrong[:10]))) == {401}

    assert len(house.auth_pins.state_reads) <= 2 + 10 * (time.monotonic() - began)


async def test_a_new_key_opens_for_all_who_use_it_at_once_while_wrong_ones_are_tried(house, key_hash_of):
    assert await status(house, house.api_key()) == 200
    assert await status(house, house.api_key("w" * 43)) == 401
    keys = (*house.terminal.keys, key_hash_of("n" * 43))
    house.auth_pins.tell(house.terminal.model_copy(update={"keys": keys, "version": 2}))

    wrong = [status(house, house.api_key(f"{number:043}")) for number in range(10)]
    right = [status(house, house.api_key("n" * 43)) for _ in range(10)]
    found = await asyncio.gather(*wrong, *right)

    assert found == [401] * 10 + [200] * 10


async def test_a_terminal_nobody_knows_is_asked_for_once_a_second(house):
    stranger, began = f"pk_live_{uuid4().hex}_{'s' * 43}", time.monotonic()
    for _ in range(5):
        assert await status(house, stranger) == 401

    assert len(house.auth_pins.state_reads) <= 1 + time.monotonic() - began


async def test_an_event_that_deletes_the_terminal_closes_the_door_at_once(house):
    assert await status(house, house.api_key()) == 200

    await house.hear(house.terminal.model_copy(update={"deleted_at": now(), "version": 2}))

    assert await status(house, house.api_key()) == 401


@pytest.mark.parametrize("which", ["merchant", "store"])
async def test_a_key_stops_with_its_merchant_and_its_store_and_works_again_after_a_restore(house, which):
    place = getattr(house, which)
    assert await status(house, house.api_key()) == 200

    await house.hear(place.model_copy(update={"deleted_at": now(), "version": 2}))
    assert await status(house, house.api_key()) == 401

    await house.hear(place.model_copy(update={"version": 3}))
    assert await status(house, house.api_key()) == 200


async def test_what_is_known_counts_when_auth_pins_and_programs_are_away(house):
    assert await status(house, house.api_key()) == 200
    await house.auth_pins.stop()

    assert await status(house, house.api_key()) == 200
    assert await status(house, house.api_key("x" * 43)) == 401


async def test_one_never_heard_of_cannot_be_let_in_while_its_owner_is_away(house):
    await house.auth_pins.stop()

    answer = await ask(house, f"Bearer {house.api_key()}")

    assert answer.status_code == 503
    assert answer.json()["code"] == "upstream-unavailable"


async def test_without_events_a_revocation_counts_all_the_same(house):
    # The broker is away in these tests: the background work reads again the states of those who call.
    background = dict(house.service._background)
    reading = asyncio.create_task(background["identities without events"]())
    for _ in range(25):  # it was read again before, and has been remembered since
        assert (await ask(house, f"Bearer {house.api_key()}")).status_code == 200
        await asyncio.sleep(0.1)
    house.auth_pins.tell(house.terminal.model_copy(update={"deleted_at": now(), "version": 2}))

    answers = []
    for _ in range(30):
        answers.append((await ask(house, f"Bearer {house.api_key()}")).status_code)
        await asyncio.sleep(0.1)
    reading.cancel()

    assert answers[-1] == 401


async def test_a_terminal_that_is_deleted_while_its_store_is_asked_for_is_not_remembered_as_good(house):
    house.programs.may_answer.clear()
    asking = asyncio.create_task(ask(house, f"Bearer {house.api_key()}"))
    await house.programs.was_asked.wait()
    await house.hear(house.terminal.model_copy(update={"deleted_at": now(), "version": 2}))
    # What is known is not asked for again: nothing changes any more while this request is let in.
    await house.hear(house.merchant)
    await house.hear(house.store)
    house.programs.may_answer.set()
    await asking

    assert await status(house, house.api_key()) == 401


# -- users


async def test_a_signed_in_owner_is_let_in_with_merchant_and_session(house):
    session = str(uuid4())

    assert await status(house, house.token(house.owner, sid=session)) == 200

    caller = house.caller_of(house.programs.asked[-1])
    assert (caller.role, caller.merchant_id, caller.user_id) == ("owner", house.merchant.id, house.owner.id)
    assert str(caller.session_id) == session


async def test_a_role_that_the_route_is_not_for_is_forbidden(house):
    async with house.as_till() as till:
        answer = await till.patch(PROGRAM, json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")

    assert await status(house, house.token(house.admin)) == 403
    async with house.as_owner() as owner:
        assert (await owner.post(f"{ADMIN}/merchants", json={})).status_code == 403
    assert house.programs.asked == []


async def test_the_role_is_the_one_the_user_has_now_not_the_one_in_the_token(house):
    token = house.token(house.owner, role="admin")

    async with house.calls(authorization=f"Bearer {token}") as caller:
        assert (await caller.post(f"{ADMIN}/merchants", json={})).status_code == 403


def unsigned(house: Any, algorithm: str) -> str:
    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = {"iss": "auth-pins", **house.claims(house.owner)}
    return f"{part({'alg': algorithm, 'kid': house.signer.kid})}.{part(claims)}."


@pytest.mark.parametrize("algorithm", ["none", "None", "NONE", "EdDSA"])
async def test_a_token_without_signature_is_refused(house, algorithm):
    assert await status(house, unsigned(house, algorithm)) == 401


async def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(house):
    claims = {"iss": "auth-pins", **house.claims(house.owner)}
    forged = jwt.encode(claims, public_x(house.signer.public_key), "HS256", headers={"kid": house.signer.kid})

    assert await status(house, forged) == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": 1_000_000_000},
        {"aud": INTERNAL},
        {"aud": "punchcard-staff-session"},
        {"iss": "gateway"},
        {"sub": "me"},
        {"sub": None},
        {"sid": 7},
        {"iat": "today"},
    ],
    ids=str,
)
async def test_a_token_with_a_wrong_claim_is_refused(house, claims):
    assert await status(house, house.token(house.owner)) == 200

    assert await status(house, house.token(house.owner, **claims)) == 401


@pytest.mark.parametrize("missing", ["exp", "aud", "sub", "sid"])
async def test_a_token_without_a_claim_it_needs_is_refused(house, missing):
    claims = {name: value for name, value in house.claims(house.owner).items() if name != missing}

    assert await status(house, house.signer.sign(claims)) == 401


async def test_a_tampered_token_is_refused(house):
    head, body, signature = house.token(house.owner).split(".")
    other = house.token(house.admin).split(".")[1]

    assert await status(house, f"{head}.{other}.{signature}") == 401
    assert await status(house, f"{head}.{body}.{signature[::-1]}") == 401
    assert await status(house, f"{head}.{body}") == 401


async def test_another_services_key_signs_no_user_in(house):
    assert await status(house, house.token(house.owner, house.keys.signer("wallet"), iss="auth-pins")) == 401
    assert await status(house, house.token(house.owner, house.keys.signer("wallet"))) == 401


async def test_an_internal_token_opens_nothing_at_the_door(house):
    assert await status(house, house.keys.signer("gateway").internal()) == 401
    assert await status(house, house.keys.signer("auth-pins").internal()) == 401


async def test_a_session_that_ended_and_a_user_that_was_switched_off_are_refused(house):
    session = uuid4()
    token, other = house.token(house.owner, sid=str(session)), house.token(house.owner)
    assert await status(house, token) == 200

    ended = EndedSession(session_id=session, ends_at=now() + timedelta(minutes=15))
    await house.hear(house.owner.model_copy(update={"ended_sessions": (ended,), "version": 2}))
    assert await status(house, token) == 401
    assert await status(house, other) == 200

    await house.hear(house.owner.model_copy(update={"is_active": False, "version": 3}))
    assert await status(house, other) == 401


async def test_tokens_from_before_a_revocation_are_refused_and_later_ones_are_not(house):
    token = house.token(house.owner)
    assert await status(house, token) == 200

    await house.hear(house.owner.model_copy(update={"sessions_revoked_at": now(), "version": 2}))

    assert await status(house, token) == 401
    assert await status(house, house.token(house.owner)) == 200


@pytest.mark.parametrize("which", ["owner", "merchant"])
async def test_a_deleted_user_and_one_of_a_deleted_merchant_are_refused(house, which):
    token = house.token(house.owner)
    assert await status(house, token) == 200

    await house.hear(getattr(house, which).model_copy(update={"deleted_at": now(), "version": 2}))

    assert await status(house, token) == 401


async def test_a_signing_key_made_a_moment_ago_is_asked_for_and_a_withdrawn_one_ends(house, tmp_path):
    assert await status(house, house.token(house.owner)) == 200
    (tmp_path / "fresh").mkdir()
    fresh = Keys(tmp_path / "fresh").signer("auth-pins")
    second = PublicKey(kid=fresh.kid, x=public_x(fresh.public_key))
    old_token, token = house.token(house.owner), house.token(house.owner, fresh)

    house.auth_pins.tell(
        house.signing_keys.model_copy(update={"keys": (*house.signing_keys.keys, second), "version": 2})
    )
    assert await status(house, token) == 200
    assert await status(house, old_token) == 200

    await house.hear(SigningKeysChanged(id=house.signing_keys.id, version=3, keys=(second,)))
    assert await status(house, old_token) == 401
    assert await status(house, token) == 200
