"""The routes as the gateway and other services call them: answers, headers and every code."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from auth_pins.commands import upkeep
from auth_pins.domain import OLD_KEY_LIVES
from auth_pins.tokens import sha256_of
from contracts.auth_pins import SIGNING_KEYS_ID
from kit.app import openapi_of
from kit.identity import STAFF_SESSION, USER, Caller, StaffSessions, Verifier
from kit.ids import now, uuid7

from .conftest import ADMIN, AUTH, PASSWORD, PIN, VENDOR, WRONG_PIN, code_of, post

NEW_PASSWORD = "eleven loud herons"


async def refresh(house, pair):
    return await house.anyone.post(f"{AUTH}/refresh", json={"refresh_token": pair["refresh_token"]})


# -- sign-in


async def test_a_user_signs_in_and_gets_an_access_token_for_15_minutes(house):
    user = await house.new_user()

    answer = await house.sign_in("ANNA@example.com")

    pair = answer.json()
    assert (answer.status_code, pair["token_type"], pair["expires_in"]) == (200, "Bearer", 900)
    assert answer.headers["cache-control"] == "no-store"
    claims = Verifier(house.service.trusted, USER, "auth-pins").claims(pair["access_token"])
    assert (claims["sub"], claims["role"]) == (user["id"], "owner")
    assert claims["merchant_id"] == str(house.merchant.id)
    assert UUID(claims["sid"])
    assert claims["exp"] - claims["iat"] == 900


async def test_an_admins_token_names_no_merchant(house):
    await house.new_admin()

    pair = (await house.sign_in("root@example.com")).json()

    claims = Verifier(house.service.trusted, USER).claims(pair["access_token"])
    assert (claims["role"], "merchant_id" in claims) == ("admin", False)


@pytest.mark.parametrize(
    ("email", "password"),
    [("anna@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("no e-mail", "x")],
)
async def test_a_wrong_sign_in_is_always_answered_alike(house, email, password):
    await house.new_user()

    answer = await house.sign_in(email, password)

    assert (answer.status_code, code_of(answer)) == (401, "unauthenticated")
    assert answer.json()["detail"] == "E-mail or password not right"
    assert answer.headers["www-authenticate"] == "Bearer"


async def test_who_is_switched_off_or_deleted_cannot_sign_in(house):
    off, gone = await house.new_user(), await house.new_user("gone@example.com")
    match = {"if-match": '"1"'}
    await house.admin.patch(f"{ADMIN}/users/{off['id']}", json={"is_active": False}, headers=match)
    await house.admin.delete(f"{ADMIN}/users/{gone['id']}", headers=match)

    answers = [await house.sign_in(), await house.sign_in("gone@example.com")]

    assert [code_of(answer) for answer in answers] == ["unauthenticated"] * 2


async def test_a_refresh_gives_the_next_pair_of_the_same_session(house):
    await house.new_user()
    first = (await house.sign_in()).json()

    second = (await refresh(house, first)).json()

    verifier = Verifier(house.service.trusted, USER)
    sids = {verifier.claims(pair["access_token"])["sid"] for pair in (first, second)}
    assert len(sids) == 1
    assert second["refresh_token"] != first["refresh_token"]
    assert (await refresh(house, second)).status_code == 200


async def test_a_refresh_token_used_twice_ends_the_family_but_no_other_sign_in(house):
    await house.new_user()
    first, other = (await house.sign_in()).json(), (await house.sign_in()).json()
    second = (await refresh(house, first)).json()

    again = await refresh(house, first)

    assert code_of(again) == "unauthenticated"
    assert code_of(await refresh(house, second)) == "unauthenticated"
    assert (await refresh(house, other)).status_code == 200
    sid = Verifier(house.service.trusted, USER).claims(first["access_token"])["sid"]
    assert [s["session_id"] for s in (await house.facts("user"))[-1]["ended_sessions"]] == [sid]


async def test_of_twenty_refreshes_with_one_token_at_once_one_succeeds_and_the_family_ends(house):
    await house.new_user()
    pair = (await house.sign_in()).json()

    answers = await asyncio.gather(*(refresh(house, pair) for _ in range(20)))

    good = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(good) == 1
    assert code_of(await refresh(house, good[0])) == "unauthenticated"


async def test_an_unknown_or_expired_refresh_token_is_refused(house):
    await house.new_user()
    pair = (await house.sign_in()).json()
    await house.execute("UPDATE sessions SET expires_at = now()")

    assert code_of(await refresh(house, pair)) == "unauthenticated"
    assert code_of(await refresh(house, {"refresh_token": "x" * 43})) == "unauthenticated"


async def test_signing_out_ends_the_session_and_is_harmless_twice(house):
    await house.new_user()
    pair = (await house.sign_in()).json()
    body = {"refresh_token": pair["refresh_token"]}

    answers = [await house.anyone.post(f"{AUTH}/logout", json=body) for _ in range(2)]

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert code_of(await refresh(house, pair)) == "unauthenticated"
    assert len(await house.facts("user")) == 2


async def test_a_new_password_ends_all_other_sessions(house):
    user = await house.new_user()
    mine, other = (await house.sign_in()).json(), (await house.sign_in()).json()
    sid = UUID(Verifier(house.service.trusted, USER).claims(mine["access_token"])["sid"])
    me = house.as_(Caller("owner", house.merchant.id, user_id=UUID(user["id"]), session_id=sid))

    answer = await me.post(f"{AUTH}/password", json={"current": PASSWORD, "new": NEW_PASSWORD})

    assert answer.status_code == 204
    assert (await refresh(house, mine)).status_code == 200
    assert (await refresh(house, other)).status_code == 401
    assert (await house.sign_in()).status_code == 401
    assert (await house.sign_in(password=NEW_PASSWORD)).status_code == 200


async def test_a_wrong_current_password_changes_nothing(house):
    user = await house.new_user()
    me = house.as_(Caller("owner", house.merchant.id, user_id=UUID(user["id"])))

    answer = await me.post(f"{AUTH}/password", json={"current": "wrong", "new": NEW_PASSWORD})

    assert (answer.status_code, code_of(answer)) == (403, "password-wrong")
    assert (await house.sign_in()).status_code == 200


@pytest.mark.parametrize(
    ("new", "code"), [("seven owls", "too-short"), ("x" * 129, "too-long"), ("password1234", "too-common")]
)
async def test_a_weak_new_password_is_named_with_its_reason(house, new, code):
    me = house.as_(Caller("owner", house.merchant.id, user_id=uuid7()))

    answer = await me.post(f"{AUTH}/password", json={"current": PASSWORD, "new": new})

    assert code_of(answer) == "validation-failed"
    (error,) = answer.json()["errors"]
    assert (error["field"], error["code"]) == ("new", code)
    assert new not in answer.text


async def test_before_the_first_round_there_is_no_signing_key(house):
    assert (await house.anyone.get(f"{AUTH}/jwks.json")).json() == {"keys": []}
    answer = await house.peer().get(f"/internal/states/signing-keys/{SIGNING_KEYS_ID}")
    assert code_of(answer) == "not-found"


async def test_the_public_keys_are_there_for_everyone(house):
    await upkeep.tell_signing_keys(house.desk)

    answer = await house.anyone.get(f"{AUTH}/jwks.json")

    (key,) = answer.json()["keys"]
    assert (key["kty"], key["crv"], key["alg"], key["kid"]) == (
        "OKP",
        "Ed25519",
        "EdDSA",
        house.desk.signer.kid,
    )
    assert answer.headers["cache-control"] == "public, max-age=60"


# -- users


async def test_a_created_user_is_shown_without_the_password(house):
    body = {
        "email": "Anna@Example.com",
        "password": PASSWORD,
        "role": "manager",
        "merchant_id": str(house.merchant.id),
        "locale": "lu",
    }

    made = await post(house.admin, f"{ADMIN}/users", body)
    read = await house.admin.get(made.headers["location"])

    assert made.status_code == 201
    assert made.headers["location"] == f"{ADMIN}/users/{made.json()['id']}"
    assert made.headers["etag"] == read.headers["etag"] == '"1"'
    assert made.json() == read.json()
    assert (read.json()["email"], read.json()["locale"]) == ("Anna@Example.com", "lb")
    assert not {"password", "password_hash"} & read.json().keys()


async def test_the_same_request_makes_one_user_and_is_replayed(house):
    body = {"email": "anna@example.com", "password": PASSWORD, "role": "admin"}
    key = str(uuid7())

    answers = await asyncio.gather(*(post(house.admin, f"{ADMIN}/users", body, key) for _ in range(5)))
    other = await post(house.admin, f"{ADMIN}/users", {**body, "password": NEW_PASSWORD}, key)

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 4
    assert (other.status_code, code_of(other)) == (422, "idempotency-key-reused")
    assert len(await house.facts("user")) == 1


async def test_a_taken_e_mail_is_refused_however_it_is_written(house):
    await house.new_user()
    body = {"email": "ANNA@EXAMPLE.COM", "password": PASSWORD, "role": "admin"}

    answer = await post(house.admin, f"{ADMIN}/users", body)

    assert (answer.status_code, code_of(answer)) == (409, "already-exists")


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"merchant_id": None}, "merchant_id", "required"),
        ({"role": "admin"}, "merchant_id", "not-allowed"),
        ({"role": "staff"}, "role", "not-allowed"),
        ({"email": "anna"}, "email", "bad-format"),
        ({"email": "a" * 250 + "@b.lu"}, "email", "too-long"),
        ({"email": "an\x00na@example.com"}, "email", "bad-format"),
        ({"email": 7}, "email", "wrong-type"),
        ({"password": "password1234"}, "password", "too-common"),
        ({"locale": "es"}, "locale", "not-allowed"),
        ({"name": "Anna"}, "name", "unknown-field"),
    ],
)
async def test_a_wrong_user_is_refused_with_field_and_code(house, change, field, code):
    body = {
        "email": "anna@example.com",
        "password": PASSWORD,
        "role": "owner",
        "merchant_id": str(house.merchant.id),
        **change,
    }

    answer = await post(house.admin, f"{ADMIN}/users", body)

    assert (answer.status_code, code_of(answer)) == (422, "validation-failed")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]


@pytest.mark.parametrize("name", ["refresh", "logout"])
@pytest.mark.parametrize("token", ["a\x00b", "a\nb", "", " ", "x" * 257])
async def test_a_refresh_token_that_can_be_none_is_a_wrong_field(house, name, token):
    answer = await house.anyone.post(f"{AUTH}/{name}", json={"refresh_token": token})

    assert (answer.status_code, code_of(answer)) == (422, "validation-failed")


async def test_a_user_of_an_unknown_merchant_is_refused(house):
    body = {"email": "a@example.com", "password": PASSWORD, "role": "owner", "merchant_id": str(uuid7())}

    answer = await post(house.admin, f"{ADMIN}/users", body)

    assert (answer.status_code, code_of(answer)) == (404, "merchant-not-found")


async def test_another_role_ends_sessions_and_is_told(house):
    user = await house.new_user()
    pair = (await house.sign_in()).json()

    answer = await house.admin.patch(
        f"{ADMIN}/users/{user['id']}", json={"role": "manager"}, headers={"if-match": '"1"'}
    )

    assert (answer.json()["role"], answer.headers["etag"]) == ("manager", '"2"')
    told = (await house.facts("user"))[-1]
    assert (told["role"], told["version"]) == ("manager", 2)
    assert abs(datetime.fromisoformat(told["sessions_revoked_at"]) - now()) < timedelta(seconds=10)
    assert code_of(await refresh(house, pair)) == "unauthenticated"


async def test_another_e_mail_or_locale_ends_no_session(house):
    user = await house.new_user()
    pair = (await house.sign_in()).json()
    changes = {"email": "new@example.com", "locale": "de"}

    answer = await house.admin.patch(f"{ADMIN}/users/{user['id']}", json=changes, headers={"if-match": '"1"'})

    assert (answer.json()["email"], answer.json()["locale"]) == ("new@example.com", "de")
    assert (await refresh(house, pair)).status_code == 200
    assert (await house.sign_in("new@example.com")).status_code == 200


async def test_a_sign_out_leaves_the_etag_as_it_is(house):
    user = await house.new_user()
    pair = (await house.sign_in()).json()
    await house.anyone.post(f"{AUTH}/logout", json={"refresh_token": pair["refresh_token"]})

    answer = await house.admin.patch(
        f"{ADMIN}/users/{user['id']}", json={"locale": "de"}, headers={"if-match": '"1"'}
    )

    assert answer.status_code == 200
    assert [fact["version"] for fact in await house.facts("user")] == [1, 2, 3]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"email": "taken@example.com"}, 409, "already-exists"),
        ({"role": "admin"}, 422, "validation-failed"),
        ({"email": None}, 422, "validation-failed"),
        ({"password": PASSWORD}, 422, "validation-failed"),
        ({"is_active": "yes"}, 422, "validation-failed"),
    ],
)
async def test_a_change_that_cannot_be_is_refused(house, change, status, code):
    user = await house.new_user()
    await house.new_user("taken@example.com")

    answer = await house.admin.patch(f"{ADMIN}/users/{user['id']}", json=change, headers={"if-match": '"1"'})

    assert (answer.status_code, code_of(answer)) == (status, code)
    assert len(await house.facts("user")) == 2


async def test_the_last_active_admin_stays(house):
    admin_id = await house.new_admin()
    path, match = f"{ADMIN}/users/{admin_id}", {"if-match": '"1"'}

    answers = [
        await house.admin.delete(path, headers=match),
        await house.admin.patch(path, json={"is_active": False}, headers=match),
    ]

    assert [code_of(answer) for answer in answers] == ["change-not-allowed"] * 2


async def test_users_are_listed_newest_first_in_pages(house):
    made = [(await house.new_user(f"u{n}@example.com"))["id"] for n in range(5)]
    seen, cursor = [], None

    while True:
        params = {"limit": 2, "count": True} | ({"cursor": cursor} if cursor else {})
        page = (await house.admin.get(f"{ADMIN}/users", params=params)).json()
        seen += [user["id"] for user in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    uncounted = (await house.admin.get(f"{ADMIN}/users")).json()
    assert seen == made[::-1]
    assert page["total"] == 5
    assert uncounted.keys() == {"items", "next_cursor"}


async def test_lists_find_by_whole_e_mail_and_by_merchant(house):
    user = await house.new_user()
    await house.new_user("other@example.com", role="admin")

    for params in ({"search": "Anna@example.com"}, {"merchant_id": str(house.merchant.id)}):
        found = (await house.admin.get(f"{ADMIN}/users", params=params)).json()["items"]
        assert [row["id"] for row in found] == [user["id"]]


@pytest.mark.parametrize(
    "params",
    [{"limit": 0}, {"limit": 101}, {"cursor": "x"}, {"cursor": "é!"}, {"search": "a\x00b"}, {"limit": "x"}],
)
async def test_a_wrong_question_to_a_list_is_refused(house, params):
    answer = await house.admin.get(f"{ADMIN}/users", params=params)

    assert (answer.status_code, code_of(answer)) == (422, "validation-failed")


async def test_deleted_users_are_seen_only_where_asked_for(house):
    user = await house.new_user()
    await house.admin.delete(f"{ADMIN}/users/{user['id']}", headers={"if-match": '"1"'})
    path = f"{ADMIN}/users/{user['id']}"

    async def listed(**params):
        return len((await house.admin.get(f"{ADMIN}/users", params=params)).json()["items"])

    assert code_of(await house.admin.get(path)) == "user-not-found"
    shown = (await house.admin.get(path, params={"include_deleted": True})).json()
    assert (shown["deleted_at"] is None, shown["deleted_by"]) == (False, str(house.admin_id))
    assert (await listed(), await listed(include_deleted=True), await listed(only_deleted=True)) == (0, 1, 1)
    assert (await house.new_user())["id"] != user["id"]


# -- terminals


async def test_a_terminals_key_is_shown_once_and_only_its_hash_is_told(house):
    body, key = {"store_id": str(house.stores[0].id), "name": "Till 1", "environment": "test"}, str(uuid7())

    made = await post(house.owner, f"{VENDOR}/terminals", body, key)
    again = await post(house.owner, f"{VENDOR}/terminals", body, key)

    terminal, secret = made.json(), made.json()["api_key"].rsplit("_", 1)[1]
    assert made.status_code == 201
    assert made.headers["location"] == f"{VENDOR}/terminals/{terminal['id']}"
    assert terminal["api_key"].startswith(f"pk_test_{UUID(terminal['id']).hex}_")
    assert again.json() == {**terminal, "api_key": None}
    assert again.headers["idempotency-replayed"] == "true"
    (told,) = await house.facts("terminal")
    assert told["keys"] == [{"sha256": sha256_of(secret), "ends_at": None}]
    assert (told["store_id"], told["environment"]) == (str(house.stores[0].id), "test")
    read = (await house.owner.get(made.headers["location"])).json()
    assert "api_key" not in read
    assert len(read["keys"]) == 1


async def test_a_terminal_of_a_store_that_was_just_made_works_at_once(house):
    store = house.new_store(house.merchant)

    made = await post(house.owner, f"{VENDOR}/terminals", {"store_id": str(store.id), "name": "T"})

    assert made.status_code == 201


async def test_a_store_of_another_merchant_is_answered_like_one_that_does_not_exist(house):
    foreign = house.new_store(house.new_merchant())

    answers = [
        await post(house.owner, f"{VENDOR}/terminals", {"store_id": str(store_id), "name": "T"})
        for store_id in (foreign.id, uuid7())
    ]

    assert [(answer.status_code, code_of(answer)) for answer in answers] == [(404, "store-not-found")] * 2
    one, other = ({**answer.json(), "request_id": ""} for answer in answers)
    assert one == other


async def test_when_programs_is_away_an_unknown_store_is_503_and_a_known_one_works(house, till):
    house.programs.down = True

    unknown = await post(house.owner, f"{VENDOR}/terminals", {"store_id": str(uuid7()), "name": "T"})

    assert (unknown.status_code, code_of(unknown)) == (503, "upstream-unavailable")
    assert unknown.headers["retry-after"] == "1"
    assert await house.new_till()


async def test_a_rotated_key_has_a_week_and_a_third_ends_the_oldest(house, till):
    path = f"{VENDOR}/terminals/{till.id}/rotate"

    first, second = await post(house.owner, path), await post(house.owner, path)

    assert first.status_code == 200
    ends_at = datetime.fromisoformat(first.json()["old_key_ends_at"])
    assert abs(ends_at - now() - OLD_KEY_LIVES) < timedelta(minutes=1)
    told = [{key["sha256"]: key["ends_at"] for key in fact["keys"]} for fact in await house.facts("terminal")]
    hashes = [
        sha256_of(api_key.rsplit("_", 1)[1])
        for api_key in (till.api_key, first.json()["api_key"], second.json()["api_key"])
    ]
    assert [set(keys) for keys in told] == [{hashes[0]}, set(hashes[:2]), set(hashes[1:])]
    assert told[1] == {hashes[0]: first.json()["old_key_ends_at"], hashes[1]: None}


async def test_a_rotation_is_replayed_without_the_key(house, till):
    path, key = f"{VENDOR}/terminals/{till.id}/rotate", str(uuid7())

    first, again = await post(house.owner, path, key=key), await post(house.owner, path, key=key)

    assert again.json() == {**first.json(), "api_key": None}
    assert len(await house.facts("terminal")) == 2


async def test_a_deleted_terminal_has_no_keys_and_gets_no_staff_session(house, till):
    await house.new_staff()

    answer = await house.owner.delete(f"{VENDOR}/terminals/{till.id}")

    assert answer.status_code == 204
    told = (await house.facts("terminal"))[-1]
    assert (told["keys"], told["deleted_at"], told["version"]) == ([], told["sessions_revoked_at"], 2)
    assert code_of(await till.enter()) == "unauthenticated"
    assert code_of(await house.owner.get(f"{VENDOR}/terminals/{till.id}")) == "terminal-not-found"
    assert code_of(await house.owner.delete(f"{VENDOR}/terminals/{till.id}")) == "terminal-not-found"


async def test_admins_look_after_terminals_of_every_merchant(house, till):
    store_id = str(house.stores[1].id)

    made = await post(house.admin, f"{ADMIN}/terminals", {"store_id": store_id, "name": "Counter two"})
    listed = (await house.admin.get(f"{ADMIN}/terminals", params={"search": "tw"})).json()["items"]
    read = await house.admin.get(made.headers["location"])
    gone = await house.admin.delete(made.headers["location"])

    assert [row["id"] for row in listed] == [made.json()["id"]] == [read.json()["id"]]
    assert gone.status_code == 204
    assert code_of(await house.admin.get(made.headers["location"])) == "terminal-not-found"


# -- staff


async def test_a_staff_member_is_shown_without_the_pin_and_told_without_the_name(house):
    made = await post(
        house.owner, f"{VENDOR}/pins", {"code": "Ab7", "name": "Anna", "pin": PIN, "role": "manager"}
    )

    member = made.json()
    assert (made.status_code, made.headers["etag"]) == (201, '"1"')
    assert (await house.owner.get(made.headers["location"])).json() == member
    assert (member["code"], member["role"], member["store_id"], member["is_active"]) == (
        "Ab7",
        "manager",
        None,
        True,
    )
    assert not {"pin", "pin_hash"} & member.keys()
    (told,) = await house.facts("staff")
    assert "Anna" not in str(told)
    assert (told["role"], told["is_active"], told["version"]) == ("manager", True, 1)


async def test_a_code_is_taken_without_case_and_free_again_after_a_deletion(house):
    member = await house.new_staff("ab")

    taken = await post(house.owner, f"{VENDOR}/pins", {"code": "AB", "name": "Bob", "pin": PIN})
    await house.owner.delete(f"{VENDOR}/pins/{member['id']}", headers={"if-match": '"1"'})

    assert (taken.status_code, code_of(taken)) == (409, "already-exists")
    assert (await house.new_staff("AB"))["id"] != member["id"]


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"pin": "1234"}, "pin", "too-common"),
        ({"pin": "7777"}, "pin", "too-common"),
        ({"pin": "482"}, "pin", "too-short"),
        ({"pin": "482913482"}, "pin", "too-long"),
        ({"pin": "48291a"}, "pin", "bad-format"),
        ({"pin": 482913}, "pin", "wrong-type"),
        ({"code": "x"}, "code", "bad-format"),
        ({"name": ""}, "name", "too-short"),
        ({"name": "x" * 121}, "name", "too-long"),
        ({"name": "An\x07na"}, "name", "bad-format"),
        ({"role": "owner"}, "role", "not-allowed"),
        ({"store_id": "7"}, "store_id", "bad-format"),
    ],
)
async def test_a_wrong_staff_member_is_refused_with_field_and_code(house, change, field, code):
    body = {"code": "07", "name": "Anna", "pin": PIN, **change}

    answer = await post(house.owner, f"{VENDOR}/pins", body)

    assert (answer.status_code, code_of(answer)) == (422, "validation-failed")
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [(field, code)]


async def test_a_staff_member_of_a_foreign_store_is_refused(house):
    foreign = house.new_store(house.new_merchant())
    member = await house.new_staff("08")
    body = {"code": "07", "name": "Anna", "pin": PIN, "store_id": str(foreign.id)}
    change = {"store_id": str(foreign.id)}

    answers = [
        await post(house.owner, f"{VENDOR}/pins", body),
        await house.owner.patch(f"{VENDOR}/pins/{member['id']}", json=change, headers={"if-match": '"1"'}),
    ]

    assert [code_of(answer) for answer in answers] == ["store-not-found"] * 2


@pytest.mark.parametrize(
    ("change", "revokes"),
    [
        ({"name": "Anne"}, False),
        ({"role": "manager"}, True),
        ({"is_active": False}, True),
        ({"store_id": "here"}, True),
        ({"name": "Anna"}, None),
    ],
)
async def test_a_change_of_role_store_or_activity_ends_staff_sessions(house, change, revokes):
    member = await house.new_staff()
    change = {name: str(house.stores[0].id) if value == "here" else value for name, value in change.items()}

    answer = await house.owner.patch(
        f"{VENDOR}/pins/{member['id']}", json=change, headers={"if-match": '"1"'}
    )

    told = await house.facts("staff")
    assert answer.status_code == 200
    assert change.items() <= answer.json().items()
    assert len(told) == (1 if revokes is None else 2)
    assert answer.headers["etag"] == f'"{told[-1]["version"]}"'
    assert (told[-1]["sessions_revoked_at"] is not None) is bool(revokes)


async def test_lists_find_staff_by_a_words_start_or_a_whole_code(house):
    anna = await house.new_staff("07", name="Anna von der Mühle")
    await house.new_staff("ab", name="Bob 100%")

    async def found(search):
        items = (await house.owner.get(f"{VENDOR}/pins", params={"search": search})).json()["items"]
        return [item["code"] for item in items]

    assert await found("mü") == ["07"]
    assert await found("ühle") == []
    assert await found("AB") == ["ab"]
    assert await found("100%") == ["ab"]
    assert await found("_") == []
    assert anna["id"]


async def test_a_new_pin_ends_the_old_one_its_sessions_and_a_lock(house, till):
    member = await house.new_staff()
    for _ in range(5):
        await till.enter(pin=WRONG_PIN)
    key = str(uuid7())
    path = f"{VENDOR}/pins/{member['id']}/reset"

    answers = [await post(house.owner, path, {"pin": "975310"}, key) for _ in range(2)]
    other = await post(house.owner, path, {"pin": "864208"}, key)

    assert [(answer.status_code, answer.content) for answer in answers] == [(204, b"")] * 2
    assert code_of(other) == "idempotency-key-reused"
    assert (await till.enter(pin="975310")).status_code == 200
    assert code_of(await till.enter(pin=PIN)) == "staff-approval-invalid"
    told = await house.facts("staff")
    assert [fact["version"] for fact in told] == [1, 2]
    assert told[-1]["sessions_revoked_at"]


@pytest.mark.parametrize("key", [None, "a-key-of-my-own-1"])
async def test_an_unlocked_staff_member_may_try_again(house, till, key):
    member = await house.new_staff()
    for _ in range(5):
        await till.enter(pin=WRONG_PIN)
    locked = (await house.owner.get(f"{VENDOR}/pins/{member['id']}")).json()

    headers = {"idempotency-key": key} if key else {}
    answer = await house.owner.post(f"{VENDOR}/pins/{member['id']}/unlock", headers=headers)

    assert locked["locked_until"]
    assert (answer.status_code, answer.json()["locked_until"]) == (200, None)
    assert answer.headers["etag"] == '"1"'
    assert (await till.enter()).status_code == 200
    assert len(await house.facts("staff")) == 1


# -- staff sessions


async def test_code_and_pin_buy_a_session_that_is_bound_to_this_till(house, till):
    member = await house.new_staff("ab", role="manager")

    answer = await till.enter("AB")

    body = answer.json()
    assert answer.status_code == 200
    assert body["staff"] == {"id": member["id"], "name": "Anna", "role": "manager"}
    session = StaffSessions(house.service.trusted).of(body["staff_session"])
    assert (session.merchant_id, session.store_id) == (house.merchant.id, house.stores[0].id)
    assert (session.terminal_id, session.staff_id) == (till.id, UUID(member["id"]))
    assert (session.name, session.role) == ("Anna", "manager")
    assert session.expires_at - session.issued_at == 900
    assert datetime.fromisoformat(body["expires_at"]).timestamp() == session.expires_at
    seen = (await house.owner.get(f"{VENDOR}/pins/{member['id']}")).json()
    assert abs(datetime.fromisoformat(seen["last_used_at"]) - now()) < timedelta(seconds=10)


async def test_unknown_wrong_foreign_inactive_and_deleted_are_answered_alike(house, till):
    await house.new_staff("07")
    await house.new_staff("08", store_id=str(house.stores[1].id))
    off, gone = await house.new_staff("09"), await house.new_staff("10")
    match = {"if-match": '"1"'}
    await house.owner.patch(f"{VENDOR}/pins/{off['id']}", json={"is_active": False}, headers=match)
    await house.owner.delete(f"{VENDOR}/pins/{gone['id']}", headers=match)

    answers = [await till.enter("07", WRONG_PIN), *[await till.enter(c) for c in ("08", "09", "10", "11")]]

    bodies = [{**answer.json(), "request_id": ""} for answer in answers]
    assert bodies == bodies[:1] * 5
    assert (answers[0].status_code, code_of(answers[0])) == (403, "staff-approval-invalid")
    rows = await house.rows("SELECT counted FROM pin_attempts")
    assert [row.counted for row in rows] == [1] * 5


@pytest.mark.parametrize("code", ["07", "99"])
async def test_the_fifth_wrong_pin_and_all_after_it_are_locked(house, till, code):
    await house.new_staff("07")

    wrong = [await till.enter(code, WRONG_PIN) for _ in range(6)]
    right = await till.enter(code)

    assert [code_of(answer) for answer in wrong] == ["staff-approval-invalid"] * 4 + ["staff-locked"] * 2
    assert (right.status_code, code_of(right)) == (423, "staff-locked")
    assert right.json()["retry_at"] == wrong[4].json()["retry_at"]
    assert right.json()["retryable"] is True
    retry_at = datetime.fromisoformat(right.json()["retry_at"])
    assert timedelta(minutes=29) < retry_at - now() <= timedelta(minutes=30)
    assert 1740 < int(right.headers["retry-after"]) <= 1800
    assert right.json()["retry_at"].endswith("Z")
    assert len(right.json()["retry_at"]) == 27


async def test_a_lock_ends_and_the_count_begins_anew(house, till):
    await house.new_staff()
    for _ in range(5):
        await till.enter(pin=WRONG_PIN)
    await house.execute("UPDATE pin_attempts SET locked_until = now()")

    assert code_of(await till.enter(pin=WRONG_PIN)) == "staff-approval-invalid"
    assert (await till.enter()).status_code == 200


async def test_a_right_pin_resets_the_count(house, till):
    await house.new_staff()
    codes = []

    for _ in range(2):
        codes += [code_of(await till.enter(pin=WRONG_PIN)) for _ in range(4)]
        codes.append((await till.enter()).status_code)

    assert codes == (["staff-approval-invalid"] * 4 + [200]) * 2


async def test_ten_wrong_pins_in_15_minutes_lock_the_terminal(house, till):
    await house.new_staff()
    other = await house.new_till()

    answers = [await till.enter(f"C{n}", WRONG_PIN) for n in range(9)]
    between = await till.enter()
    tenth, after = await till.enter("C9", WRONG_PIN), await till.enter()

    assert {code_of(answer) for answer in answers} == {"staff-approval-invalid"}
    assert between.status_code == 200
    assert (tenth.status_code, code_of(tenth)) == (423, "terminal-locked")
    assert code_of(after) == "terminal-locked"
    assert after.json()["retry_at"] == tenth.json()["retry_at"]
    assert 1740 < int(after.headers["retry-after"]) <= 1800
    assert (await other.enter()).status_code == 200


async def test_tries_older_than_15_minutes_do_not_count_at_the_terminal(house, till):
    for n in range(9):
        await till.enter(f"C{n}", WRONG_PIN)
    await house.execute("UPDATE pin_tries SET tried_at = tried_at - interval '15 minutes'")

    assert code_of(await till.enter("C9", WRONG_PIN)) == "staff-approval-invalid"


async def test_staff_locked_answers_do_not_count_at_the_terminal(house, till):
    await house.new_staff()

    for _ in range(20):
        last = await till.enter(pin=WRONG_PIN)
    more = [code_of(await till.enter(f"C{n}", WRONG_PIN)) for n in range(6)]

    assert code_of(last) == "staff-locked"
    assert more == ["staff-approval-invalid"] * 5 + ["terminal-locked"]


async def test_the_terminals_lock_is_named_before_the_persons(house, till):
    await house.new_staff()
    for _ in range(5):
        await till.enter(pin=WRONG_PIN)
    for n in range(6):
        await till.enter(f"C{n}", WRONG_PIN)

    assert code_of(await till.enter()) == "terminal-locked"


async def test_a_terminals_lock_ends_and_it_begins_anew(house, till):
    await house.new_staff()
    for n in range(10):
        await till.enter(f"C{n}", WRONG_PIN)
    await house.execute("UPDATE pin_entries SET locked_until = now()")

    assert code_of(await till.enter("D1", WRONG_PIN)) == "staff-approval-invalid"
    assert (await till.enter()).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"staff_code": "07"},
        {"staff_code": "07", "pin": "12"},
        {"staff_code": "07", "pin": "1" * 9},
        {"staff_code": "07", "pin": "48 913"},
        {"staff_code": "0", "pin": PIN},
        {"staff_code": 7, "pin": PIN},
        {"staff_code": "07", "pin": PIN, "store_id": "x"},
        [],
        None,
    ],
)
async def test_what_can_be_no_code_and_pin_is_refused_and_not_counted(house, till, body):
    answer = await till.http.post(f"{VENDOR}/staff-sessions", json=body)

    assert (answer.status_code, code_of(answer)) == (422, "validation-failed")
    assert await house.rows("SELECT * FROM pin_attempts") == []


# -- what every route does


async def test_another_merchants_things_are_answered_as_if_they_did_not_exist(house, till):
    member = await house.new_staff()
    other = house.as_(Caller("owner", house.new_merchant().id, user_id=uuid7()))
    match = {"if-match": '"1"'}

    def calls(staff_id, terminal_id):
        pin, terminal = f"{VENDOR}/pins/{staff_id}", f"{VENDOR}/terminals/{terminal_id}"
        return [
            other.get(pin),
            other.patch(pin, json={"name": "Eve"}, headers=match),
            other.delete(pin, headers=match),
            other.post(f"{pin}/unlock"),
            post(other, f"{pin}/reset", {"pin": "975310"}),
            other.get(terminal),
            other.delete(terminal),
            post(other, f"{terminal}/rotate"),
        ]

    foreign = [await call for call in calls(member["id"], till.id)]
    nobody = [await call for call in calls(uuid7(), uuid7())]

    def bodies(answers):
        return [{**answer.json(), "request_id": "", "instance": ""} for answer in answers]

    assert bodies(foreign) == bodies(nobody)
    assert {answer.status_code for answer in foreign} == {404}
    assert [code_of(answer) for answer in foreign[4:6]] == ["staff-not-found", "terminal-not-found"]
    for path in (f"{VENDOR}/pins", f"{VENDOR}/terminals"):
        assert (await other.get(path)).json() == {"items": [], "next_cursor": None}


@pytest.mark.parametrize("kind", ["users", "pins"])
async def test_a_change_needs_the_etag_that_was_read(house, kind):
    made, who = (
        (await house.new_user(), house.admin) if kind == "users" else (await house.new_staff(), house.owner)
    )
    path = f"{ADMIN if kind == 'users' else VENDOR}/{kind}/{made['id']}"

    for call in (lambda **h: who.patch(path, json={}, **h), lambda **h: who.delete(path, **h)):
        without, stale = await call(), await call(headers={"if-match": '"7"'})
        assert (without.status_code, code_of(without)) == (428, "precondition-required")
        assert (stale.status_code, code_of(stale)) == (412, "precondition-failed")
    assert (await who.delete(path, headers={"if-match": '"1"'})).status_code == 204


async def test_only_who_may_call_a_route_gets_in(house, till):
    member = await house.new_staff()
    refused = [
        (till.http, "GET", f"{VENDOR}/pins"),
        (till.http, "POST", f"{VENDOR}/terminals"),
        (till.http, "DELETE", f"{VENDOR}/pins/{member['id']}"),
        (till.http, "GET", f"{ADMIN}/users"),
        (house.owner, "GET", f"{ADMIN}/users"),
        (house.owner, "POST", f"{VENDOR}/staff-sessions"),
        (house.admin, "GET", f"{VENDOR}/pins"),
        (house.anyone, "POST", f"{AUTH}/password"),
        (house.owner, "GET", f"/internal/states/staff/{member['id']}"),
        (house.anyone, "GET", f"/internal/states/staff/{member['id']}"),
    ]

    for http, method, path in refused:
        answer = await http.request(method, path, json={} if method == "POST" else None)
        assert (answer.status_code, code_of(answer)) == (403, "forbidden"), (method, path)


async def test_deleted_things_are_listed_for_admins_only(house):
    for path in (f"{VENDOR}/pins", f"{VENDOR}/terminals"):
        for name in ("include_deleted", "only_deleted"):
            answer = await house.owner.get(path, params={name: True})
            assert (answer.status_code, code_of(answer)) == (403, "forbidden")


async def test_what_creates_something_needs_a_well_formed_key(house, till):
    member = await house.new_staff()
    calls = [
        (house.admin, f"{ADMIN}/users"),
        (house.admin, f"{ADMIN}/terminals"),
        (house.owner, f"{VENDOR}/terminals"),
        (house.owner, f"{VENDOR}/pins"),
        (house.owner, f"{VENDOR}/terminals/{till.id}/rotate"),
        (house.owner, f"{VENDOR}/pins/{member['id']}/reset"),
    ]

    for http, path in calls:
        missing, short = await http.post(path, json={}), await post(http, path, {}, "short")
        assert (missing.status_code, code_of(missing)) == (400, "idempotency-key-missing")
        assert (short.status_code, code_of(short)) == (400, "idempotency-key-invalid")
    unlock = f"{VENDOR}/pins/{member['id']}/unlock"
    assert (
        code_of(await house.owner.post(unlock, headers={"idempotency-key": "x"})) == "idempotency-key-invalid"
    )


async def test_a_key_whose_first_request_still_runs_is_in_use(house, monkeypatch):
    monkeypatch.setattr("kit.idempotency.TWIN_WAITS_MS", 50)
    gate, inside = asyncio.Event(), asyncio.Event()
    create = "auth_pins.api.pins.commands.create_staff"
    from auth_pins.commands.staff import create_staff

    async def slow(*args, **members):
        inside.set()
        await gate.wait()
        return await create_staff(*args, **members)

    monkeypatch.setattr(create, slow)
    body, key = {"code": "07", "name": "Anna", "pin": PIN}, str(uuid7())
    first = asyncio.create_task(post(house.owner, f"{VENDOR}/pins", body, key))
    await inside.wait()
    twin = await post(house.owner, f"{VENDOR}/pins", body, key)
    gate.set()

    assert (twin.status_code, code_of(twin)) == (409, "idempotency-key-in-use")
    assert twin.headers["retry-after"] == "1"
    assert (await first).status_code == 201


async def test_what_is_not_asked_rightly_is_answered_with_a_problem(house, till):
    sessions, json = f"{VENDOR}/staff-sessions", {"content-type": "application/json"}
    answers = {
        "malformed-request": await till.http.post(sessions, content=b"{", headers=json),
        "unsupported-media-type": await till.http.post(
            sessions, content=b"a=1", headers={"content-type": "text/plain"}
        ),
        "body-too-large": await till.http.post(sessions, content=b"x" * 70_000, headers=json),
        "method-not-allowed": await till.http.put(sessions, json={}),
        "not-found": await till.http.get(f"{VENDOR}/nothing"),
        "validation-failed": await house.owner.get(f"{VENDOR}/pins/7"),
    }

    statuses = {code: answer.status_code for code, answer in answers.items()}
    assert {code: code_of(answer) for code, answer in answers.items()} == {code: code for code in answers}
    assert statuses == {
        "malformed-request": 400,
        "unsupported-media-type": 415,
        "body-too-large": 413,
        "method-not-allowed": 405,
        "not-found": 404,
        "validation-failed": 422,
    }


async def test_other_services_read_whole_states(house, till):
    member, user = await house.new_staff(), await house.new_user()
    await upkeep.tell_signing_keys(house.desk)
    things = {
        "terminal": till.id,
        "staff": member["id"],
        "user": user["id"],
        "signing-keys": SIGNING_KEYS_ID,
    }

    async with house.peer("gateway") as peer:
        for kind, thing_id in things.items():
            answer = await peer.get(f"/internal/states/{kind}/{thing_id}")
            assert answer.json() == (await house.facts(kind))[-1]
            assert code_of(await peer.get(f"/internal/states/{kind}/{uuid7()}")) == "not-found"
        assert code_of(await peer.get(f"/internal/states/card/{uuid7()}")) == "not-found"


async def test_other_services_read_the_names_of_a_merchants_staff(house):
    stays, leaves = await house.new_staff("07"), await house.new_staff("08", name="Bob")
    path = f"/internal/merchants/{house.merchant.id}/staff-names"
    await house.owner.delete(f"{VENDOR}/pins/{leaves['id']}", headers={"if-match": '"1"'})

    names = (await house.peer("ledger").get(path)).json()
    of_another = (await house.peer("ledger").get(f"/internal/merchants/{uuid7()}/staff-names")).json()

    assert {stays["id"]: stays["name"], leaves["id"]: leaves["name"]}.items() <= names.items()
    assert of_another == {}
    assert code_of(await house.owner.get(path)) == "forbidden"


async def test_a_deleted_things_state_says_so(house, till):
    await house.owner.delete(f"{VENDOR}/terminals/{till.id}")

    state = (await house.peer().get(f"/internal/states/terminal/{till.id}")).json()

    assert state["deleted_at"]


def test_every_public_operation_is_described(house):
    document = openapi_of(house.service)
    operations = [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
    ]

    assert len(operations) == 29
    assert len({operation["operationId"] for _, _, operation in operations}) == len(operations)
    for path, method, operation in operations:
        assert operation["x-callers"], (path, method)
        assert operation["summary"], (path, method)
        assert operation["description"], (path, method)
        assert "422" in operation["responses"], (path, method)
    for name, schema in document["components"]["schemas"].items():
        for field, member in schema.get("properties", {}).items():
            assert "description" in member, (name, field)


def test_the_sessions_audiences_differ():
    assert len({STAFF_SESSION, USER}) == 2
