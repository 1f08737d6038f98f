"""Other issuers beside the built-in users: a real provider, keys that change, and tokens somebody made up."""

from __future__ import annotations

import asyncio
import base64
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from auth_pins import issuers
from auth_pins.settings import AuthPinsSettings
from kit.ids import now, uuid7
from kit.settings import SettingsProblem
from kit.testing import Keys

from .conftest import ADMIN, AUTH, PASSWORD, House, Opens, code_of
from .issuing import AUDIENCE, Issuer, edwards_key, jwk, rsa_key

EXCHANGE = "/internal/oidc/exchange"


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    found = Issuer()
    await found.start()
    yield found
    await found.stop()


async def house_of(open_house: Opens, *found: dict[str, Any]) -> House:
    return await open_house(oidc_issuers=found)


@pytest.fixture
async def world(open_house: Opens, issuer: Issuer) -> tuple[House, Issuer]:
    """A service that knows the issuer, whose `cafe` is the house's merchant."""
    house = await house_of(open_house, issuer.settings(MERCHANT))
    house.merchant = house.new_merchant(id=MERCHANT)
    return house, issuer


MERCHANT = uuid7()


async def ask(house: House, token: str) -> httpx.Response:
    """As the gateway asks."""
    return await house.peer("gateway").post(EXCHANGE, json={"token": token})


async def state_of(house: House, answer: httpx.Response) -> dict[str, Any]:
    found = await house.peer().get(f"/internal/states/user/{answer.json()['user_id']}")
    return dict(found.json())


# -- a real provider


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    from oidc_provider_mock import User, run_server_in_thread  # warns of its own libraries as it is read

    monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
    anna = {"email": "anna@shop.example", "groups": ["till-people", "shop-owner"], "tenant": "cafe"}
    users = [User(sub="anna", claims=anna), User(sub="bo", claims={"groups": ["till-people"]})]
    with run_server_in_thread(user_claims=users) as server:
        yield f"http://localhost:{server.server_port}"


async def signed_in(provider: str, who: str, client_id: str = AUDIENCE) -> str:
    """The identity token that the provider gives to this client, by the code flow."""
    back = "https://shop.example/back"
    asked = {"client_id": client_id, "redirect_uri": back, "response_type": "code", "scope": "openid email"}
    async with httpx.AsyncClient(base_url=provider) as http:
        sent = await http.post("/oauth2/authorize", params=asked, data={"sub": who})
        code = parse_qs(urlsplit(sent.headers["location"]).query)["code"][0]
        grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": back}
        answer = await http.post(
            "/oauth2/token", data={**grant, "client_id": client_id, "client_secret": "s"}
        )
    return str(answer.json()["id_token"])


def settings_for(provider: str) -> dict[str, Any]:
    return {
        "issuer": provider,
        "audience": AUDIENCE,
        "role_claim": "groups",
        "roles": {"shop-owner": "owner"},
        "merchant_claim": "tenant",
        "merchants": {"cafe": str(MERCHANT)},
    }


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
async def test_a_real_providers_token_is_exchanged_for_a_user_of_the_role_it_names(open_house, provider):
    house = await house_of(open_house, settings_for(provider))
    house.new_merchant(id=MERCHANT)

    answers = [await ask(house, await signed_in(provider, "anna")) for _ in range(2)]
    without_a_role = await ask(house, await signed_in(provider, "bo"))
    for_another = await ask(house, await signed_in(provider, "anna", client_id="another"))

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json()["user_id"] == answers[1].json()["user_id"]
    told = await house.facts("user")
    assert [(fact["role"], fact["merchant_id"]) for fact in told] == [("owner", str(MERCHANT))]
    assert "anna" not in str(told)
    assert (without_a_role.status_code, for_another.status_code) == (404, 404)
    (user,) = (await house.admin.get(f"{ADMIN}/users")).json()["items"]
    assert (user["email"], user["issuer"]) == ("anna@shop.example", provider)


# -- whose tokens


async def test_the_answer_says_whose_the_token_is_and_how_long_it_lives(world):
    house, issuer = world

    answer = await ask(house, issuer.token(sid="s1", locale="de-LU"))
    again = await ask(house, issuer.token(sid="s1"))
    other = await ask(house, issuer.token(sid="s2"))

    body = answer.json()
    assert body["ends_at"] - body["issued_at"] == 600
    assert body["session_id"] == again.json()["session_id"] != other.json()["session_id"]
    assert UUID(body["user_id"])
    (row,) = await house.rows("SELECT locale, password_hash, issuer, subject FROM users")
    assert (row.locale, row.password_hash, row.issuer, row.subject) == ("de", None, issuer.url, "anna")


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ({"roles": "shop-manager"}, "manager"),
        ({"roles": ["shop-manager", "shop-admin"]}, "admin"),
        ({"roles": ["x", 7, None]}, None),
        ({"roles": {"shop-admin": True}}, None),
        ({"roles": None}, None),
        ({"merchant": None}, None),
        ({"merchant": ["cafe", "other"]}, None),
        ({"merchant": "another"}, None),
        ({"merchant": str(MERCHANT)}, None),
    ],
)
async def test_role_and_merchant_are_what_the_settings_make_of_the_claims(world, claims, role):
    house, issuer = world

    answer = await ask(house, issuer.token(**claims))

    assert answer.status_code == (200 if role else 404)
    if role:
        state = await state_of(house, answer)
        assert (state["role"], state["merchant_id"]) == (role, None if role == "admin" else str(MERCHANT))


async def test_an_issuer_may_be_for_one_merchant_or_tell_ids(open_house, issuer):
    base = {"issuer": issuer.url, "audience": AUDIENCE, "roles": {"shop-owner": "owner"}}
    fixed = await house_of(open_house, {**base, "merchant_id": str(MERCHANT)})
    by_id = await house_of(open_house, {**base, "merchant_claim": "merchant"})
    fixed.new_merchant(id=MERCHANT)

    answers = [
        await ask(fixed, issuer.token(merchant=str(uuid7()))),
        await ask(by_id, issuer.token(merchant=str(MERCHANT), sub="bo")),
        await ask(by_id, issuer.token(merchant=str(uuid7()), sub="eve")),
        await ask(by_id, issuer.token(merchant="cafe", sub="eve")),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 404, 404]


async def test_a_claim_inside_others_is_found(open_house, issuer):
    given = issuer.settings(MERCHANT, role_claim="realm_access.roles")
    house = await house_of(open_house, given)
    house.new_merchant(id=MERCHANT)

    assert (await ask(house, issuer.token(realm_access={"roles": ["shop-owner"]}))).status_code == 200
    assert (await ask(house, issuer.token(realm_access=["shop-owner"], sub="bo"))).status_code == 404


async def test_the_newest_token_decides_and_an_older_one_that_says_otherwise_is_refused(world):
    house, issuer = world
    at = issuer.claims()["iat"]
    old = issuer.token(roles=["shop-admin"], iat=at - 20)

    first = await ask(house, old)
    new = await ask(house, issuer.token(roles=["shop-manager"], iat=at - 10))

    assert (first.status_code, new.status_code) == (200, 200)
    assert (await state_of(house, new))["role"] == "manager"
    assert (await ask(house, old)).status_code == 404
    assert [fact["role"] for fact in await house.facts("user")] == ["admin", "manager"]


async def test_a_token_with_the_e_mail_of_a_user_with_a_password_is_another_user(world):
    house, issuer = world
    ours = await house.new_user()

    answer = await ask(house, issuer.token(email="anna@example.com", email_verified=True))

    assert answer.json()["user_id"] != ours["id"]
    assert (await house.sign_in()).status_code == 200
    await house.anyone.post(f"{AUTH}/password/forgot", json={"email": "anna@example.com"})
    await house.service.http.state.forgotten.answer_one()
    assert [row.about for row in await house.rows("SELECT about FROM letters")] == [UUID(ours["id"])]


async def test_nobody_of_an_issuer_signs_in_with_a_password(world):
    house, issuer = world
    await ask(house, issuer.token(email="bo@example.com"))

    answers = [await house.sign_in("bo@example.com", text) for text in (PASSWORD, "None", "x")]

    assert {answer.status_code for answer in answers} == {401}


async def test_a_user_who_is_switched_off_or_deleted_stays_out(world):
    house, issuer = world
    user_id = (await ask(house, issuer.token())).json()["user_id"]
    path, later = f"{ADMIN}/users/{user_id}", int((now() + timedelta(seconds=5)).timestamp())

    await house.admin.patch(path, json={"is_active": False}, headers={"if-match": "*"})
    off = await ask(house, issuer.token(iat=later))
    await house.admin.patch(path, json={"is_active": True}, headers={"if-match": "*"})
    before, after = await ask(house, issuer.token(iat=later - 60)), await ask(house, issuer.token(iat=later))
    await house.admin.delete(path, headers={"if-match": "*"})

    assert [answer.status_code for answer in (off, before, after)] == [404, 404, 200]
    assert (await ask(house, issuer.token(iat=later))).status_code == 404
    assert len(await house.rows("SELECT 1 FROM users WHERE issuer IS NOT NULL")) == 1


async def test_role_and_e_mail_of_an_issuers_user_are_not_changed_here(world):
    house, issuer = world
    user_id = (await ask(house, issuer.token())).json()["user_id"]

    async def change(**body: Any) -> httpx.Response:
        return await house.admin.patch(f"{ADMIN}/users/{user_id}", json=body, headers={"if-match": "*"})

    assert code_of(await change(role="manager")) == "change-not-allowed"
    assert code_of(await change(email="x@b.lu")) == "change-not-allowed"
    assert (await change(locale="lb")).status_code == 200


async def test_an_admin_of_an_issuer_does_not_count_as_the_last_one(world):
    house, issuer = world
    await ask(house, issuer.token(roles=["shop-admin"]))
    admin_id = await house.new_admin()

    answer = await house.admin.delete(f"{ADMIN}/users/{admin_id}", headers={"if-match": "*"})

    assert code_of(answer) == "change-not-allowed"


async def test_a_deleted_merchants_users_stay_out(open_house, issuer):
    house = await house_of(open_house, issuer.settings(MERCHANT))
    house.new_merchant(id=MERCHANT, deleted_at=now())

    assert (await ask(house, issuer.token())).status_code == 404


async def test_first_sight_by_many_at_once_makes_one_user(world):
    house, issuer = world

    answers = await asyncio.gather(*(ask(house, issuer.token(jti=str(n))) for n in range(20)))

    assert len({answer.json()["user_id"] for answer in answers}) == 1
    assert len(await house.facts("user")) == 1


async def test_only_services_may_ask(world):
    house, issuer = world

    for caller in (house.owner, house.admin, house.anyone):
        assert (await caller.post(EXCHANGE, json={"token": issuer.token()})).status_code == 403


# -- tokens that somebody made up


def part(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def with_hs256(issuer: Issuer, secret: bytes) -> str:
    """By hand: the library refuses to take a public key for a secret."""
    text = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': 'one'})}.{part(issuer.claims())}"
    mac = hmac.digest(secret, text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}"


def forgeries(issuer: Issuer) -> dict[str, str]:
    """What must never be taken."""
    pem = rsa_key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    der = rsa_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    head, body, signature = issuer.token().split(".")
    at, curve = issuer.claims()["iat"], ec.generate_private_key(ec.SECP256R1())
    none = {"alg": "none", "typ": "JWT", "kid": "one"}
    return {
        "no signature": f"{part(none)}.{body}.",
        "None in other letters": f"{part({**none, 'alg': 'nOnE'})}.{body}.",
        "signature cut off": f"{head}.{body}.",
        "HS256 with the public key (PEM)": with_hs256(issuer, pem),
        "HS256 with the public key (DER)": with_hs256(issuer, der),
        "HS256 with nothing": with_hs256(issuer, b""),
        "a bent body": f"{head}.{part(issuer.claims(roles=['shop-admin']))}.{signature}",
        "another key under a known kid": issuer.token(rsa_key(1)),
        "another kind of key under a known kid": issuer.token(curve, "ES256"),
        "an algorithm that is not allowed": issuer.token(algorithm="RS512"),
        "a key in the header": issuer.token(rsa_key(1), kid=None, headers={"jwk": jwk(rsa_key(1), None)}),
        "an address of keys in the header": issuer.token(rsa_key(1), headers={"jku": f"{issuer.url}/evil"}),
        "another audience": issuer.token(aud="another"),
        "no audience": issuer.token(aud=None),
        "another issuer": issuer.token(iss="https://evil.example"),
        "the issuer with a slash": issuer.token(iss=f"{issuer.url}/"),
        "no issuer": issuer.token(iss=None),
        "expired": issuer.token(exp=at - 40),
        "without an end": issuer.token(exp=None),
        "without a beginning": issuer.token(iat=None),
        "from the future": issuer.token(iat=at + 100),
        "not yet good": issuer.token(nbf=at + 100),
        "of nobody": issuer.token(sub=None),
        "of an empty name": issuer.token(sub=""),
        "of a name that is none": issuer.token(sub="an\x00na"),
        "of a name too long": issuer.token(sub="a" * 256),
        "a word of a sign-out": issuer.token(headers={"typ": "logout+jwt"}),
        "with something critical": issuer.token(headers={"crit": ["b64"], "b64": False}),
        "kid: a path": issuer.token(rsa_key(1), kid="../../../../dev/null"),
        "kid: a query": issuer.token(rsa_key(1), kid="x' UNION SELECT 'a"),
        "kid: an address": issuer.token(rsa_key(1), kid=f"{issuer.url}/evil"),
        "kid: too long": issuer.token(kid="k" * 300),
        "kid: no text": f"{part({'alg': 'RS256', 'kid': ['one']})}.{body}.{signature}",
        "nested": f"{part({'alg': 'RS256'})}.{base64.urlsafe_b64encode(b'[' * 9000).decode()}.x",
        "nonsense": "a.b.c",
        "nothing": "",
    }


async def test_no_forged_token_is_taken(world):
    house, issuer = world
    assert (await ask(house, issuer.token())).status_code == 200

    found = {name: (await ask(house, token)).status_code for name, token in forgeries(issuer).items()}

    assert {name: status for name, status in found.items() if status != 404} == {}
    assert not [path for path in issuer.asked if "evil" in path or "dev" in path]
    assert len(await house.rows("SELECT 1 FROM users WHERE issuer IS NOT NULL")) == 1


async def test_one_issuers_key_signs_for_no_other(open_house, issuer):
    other = Issuer()
    await other.start()
    other.keys = [jwk(rsa_key(1), "one")]
    house = await house_of(open_house, issuer.settings(MERCHANT), other.settings(MERCHANT))
    house.new_merchant(id=MERCHANT)

    good = [await ask(house, issuer.token()), await ask(house, other.token(rsa_key(1)))]
    crossed = [await ask(house, issuer.token(iss=other.url)), await ask(house, other.token(rsa_key()))]
    await other.stop()

    assert [answer.status_code for answer in (*good, *crossed)] == [200, 200, 404, 404]
    assert good[0].json()["user_id"] != good[1].json()["user_id"], "the same subject of two issuers"


async def test_clocks_may_differ_by_what_the_settings_say(world):
    house, issuer = world
    at = issuer.claims()["iat"]

    inside = [await ask(house, issuer.token(exp=at - 20)), await ask(house, issuer.token(iat=at + 20))]
    outside = [await ask(house, issuer.token(exp=at - 40)), await ask(house, issuer.token(iat=at + 60))]

    assert [answer.status_code for answer in (*inside, *outside)] == [200, 200, 404, 404]


# -- keys


def test_of_a_jwk_set_only_good_public_signature_keys_are_used():
    curves = {name: ec.generate_private_key(curve()) for name, curve in CURVES.items()}
    rows = [
        jwk(rsa_key(), "rsa"),
        jwk(rsa_key(), "rsa-384", alg="RS384"),
        *(jwk(key, name) for name, key in curves.items()),
        jwk(edwards_key(), "ed"),
        jwk(rsa_key(), "for encryption", use="enc"),
        jwk(rsa_key(), "of another kind", alg="ES256"),
        jwk(rsa.generate_private_key(65537, 1024), "weak"),
        {**jwk(rsa_key(), "private"), "d": "AQAB"},
        {"kty": "oct", "kid": "shared", "k": "c2VjcmV0"},
        {"kty": "RSA", "kid": "half", "n": "AQAB"},
        {"kty": ["RSA"]},
        "no key",
    ]

    found = {key.kid: key.algorithms for key in issuers.keys_of(rows)}

    assert found["rsa"] == {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512"}
    assert found["rsa-384"] == {"RS384"}
    assert (found["P-256"], found["P-384"], found["P-521"]) == ({"ES256"}, {"ES384"}, {"ES512"})
    assert found["ed"] == {"EdDSA"}
    assert found.keys() == {"rsa", "rsa-384", *curves, "ed"}


CURVES = {"P-256": ec.SECP256R1, "P-384": ec.SECP384R1, "P-521": ec.SECP521R1}


async def test_a_new_key_is_asked_for_once_and_an_unknown_one_not_again_and_again(world, monkeypatch):
    house, issuer = world
    assert (await ask(house, issuer.token())).status_code == 200
    curve = ec.generate_private_key(ec.SECP256R1())
    issuer.keys = [*issuer.keys, jwk(curve, "two")]
    asked = len(issuer.asked)

    early = await ask(house, issuer.token(curve, "ES256", "two"))
    monkeypatch.setattr(issuers, "READ_AGAIN_S", 0.0)
    later = await ask(house, issuer.token(curve, "ES256", "two"))
    monkeypatch.setattr(issuers, "READ_AGAIN_S", 60.0)
    strangers = [await ask(house, issuer.token(rsa_key(1), kid=f"k{n}")) for n in range(20)]

    assert (early.status_code, later.status_code) == (404, 200)
    assert {answer.status_code for answer in strangers} == {404}
    assert len(issuer.asked) == asked + 2  # discovery and keys, once


async def test_many_who_come_with_a_new_key_ask_once(world, monkeypatch):
    house, issuer = world

    answers = await asyncio.gather(*(ask(house, issuer.token(jti=str(n))) for n in range(10)))

    assert {answer.status_code for answer in answers} == {200}
    assert len(issuer.asked) == 2


async def test_a_silent_issuer_holds_up_a_few_and_not_all_who_come(world, monkeypatch):
    house, issuer = world
    monkeypatch.setattr(issuers, "WAITING_MOST", 3)
    issuer.speaks.clear()

    waiting = [asyncio.create_task(ask(house, issuer.token(jti=str(n)))) for n in range(8)]
    done, held_up = await asyncio.wait(waiting, timeout=0.5)
    issuer.speaks.set()
    late = [await task for task in held_up]

    assert {(task.result().status_code, code_of(task.result())) for task in done} == {
        (503, "upstream-unavailable")
    }
    assert (len(done), {answer.status_code for answer in late}) == (5, {200})
    assert (await ask(house, issuer.token())).status_code == 200


async def test_a_withdrawn_key_ends_when_the_keys_are_read_again(world, monkeypatch):
    house, issuer = world
    monkeypatch.setattr(issuers, "READ_AGAIN_S", 0.0)
    assert (await ask(house, issuer.token())).status_code == 200
    issuer.keys = [jwk(rsa_key(1), "two")]

    running = asyncio.create_task(house.desk.issuers.run())
    async with asyncio.timeout(5):
        while (await ask(house, issuer.token())).status_code == 200:  # noqa: ASYNC110 - asked from outside
            await asyncio.sleep(0.05)
    running.cancel()

    assert (await ask(house, issuer.token(rsa_key(1), kid="two"))).status_code == 200


async def test_while_the_issuer_is_away_the_last_known_keys_go_on(world, monkeypatch):
    house, issuer = world
    monkeypatch.setattr(issuers, "READ_AGAIN_S", 0.0)
    assert (await ask(house, issuer.token())).status_code == 200

    issuer.down = True
    known = await ask(house, issuer.token())
    unknown = await ask(house, issuer.token(rsa_key(1), kid="two"))

    assert (known.status_code, unknown.status_code) == (200, 404)


@pytest.mark.parametrize(
    "fault",
    [
        {"down": True},
        {"named": "https://another.example"},
        {"keys": []},
        {"keys": [{"kty": "oct", "k": "c2VjcmV0", "kid": "one"}]},
        {"keys_at": "file:///etc/passwd"},
        {"keys_at": "not an address"},
    ],
)
async def test_without_any_key_nobody_can_tell_and_that_is_said(world, fault):
    house, issuer = world
    vars(issuer).update(fault)

    answer = await ask(house, issuer.token())

    assert (answer.status_code, code_of(answer)) == (503, "upstream-unavailable")


async def test_where_keys_have_no_names_one_that_was_replaced_is_read_again(world, monkeypatch):
    house, issuer = world
    monkeypatch.setattr(issuers, "READ_AGAIN_S", 0.0)
    issuer.keys = [jwk(rsa_key(), None)]
    assert (await ask(house, issuer.token(kid=None))).status_code == 200

    issuer.keys = [jwk(rsa_key(1), None)]
    assert (await ask(house, issuer.token(rsa_key(1), kid=None))).status_code == 200

    issuer.keys = [jwk(rsa_key(), None), jwk(rsa_key(1), None)]
    await house.desk.issuers._keys[issuer.url].read_again()
    assert (await ask(house, issuer.token(kid=None))).status_code == 404, "no guessing"


async def test_no_token_and_no_name_is_in_any_log_line(world, capsys, caplog):
    house, issuer = world
    good, bad = issuer.token(email="anna@shop.example"), issuer.token(rsa_key(1))
    await ask(house, good)
    await ask(house, bad)
    house.service.lines.flush()

    said = capsys.readouterr().out + caplog.text

    assert "/internal/oidc/exchange" in said
    assert [text for text in (good, bad, good.split(".")[1], "anna@") if text in said] == []


# -- settings


GOOD = {"issuer": "https://login.example", "audience": "a", "roles": {"x": "admin"}}


@pytest.mark.parametrize(
    "wrong",
    [
        {"algorithms": ["HS256"]},
        {"algorithms": ["none"]},
        {"algorithms": []},
        {"issuer": "login.example"},
        {"issuer": "https://login.example?x=1"},
        {"roles": {"x": "root"}},
        {"roles": {}},
        {"roles": {"x": "owner"}},
        {"merchant_id": str(MERCHANT)},
        {"merchant_claim": "m", "merchant_id": str(MERCHANT), "roles": {"x": "owner"}},
        {"clock_skew_s": 301},
        {"secret": "x"},
    ],
)
def test_settings_of_an_issuer_that_would_open_too_much_are_refused(tmp_path, wrong):
    keys = Keys(tmp_path).settings("auth-pins", "postgresql://x@y/z")

    with pytest.raises(SettingsProblem):
        AuthPinsSettings.load(**keys, oidc_issuers=json.dumps([{**GOOD, **wrong}]))


def test_issuers_are_read_from_the_environment_and_from_a_file(tmp_path, monkeypatch):
    keys = Keys(tmp_path).settings("auth-pins", "postgresql://x@y/z")
    (tmp_path / "issuers.json").write_text(json.dumps([GOOD]))

    monkeypatch.setenv("OIDC_ISSUERS", json.dumps([GOOD]))
    by_name = AuthPinsSettings.load(**keys).oidc_issuers
    monkeypatch.delenv("OIDC_ISSUERS")
    monkeypatch.setenv("OIDC_ISSUERS_FILE", str(tmp_path / "issuers.json"))

    assert by_name == AuthPinsSettings.load(**keys).oidc_issuers
    assert by_name[0].algorithms == ("RS256", "ES256")


def test_production_asks_no_issuer_in_the_clear(tmp_path):
    keys = Keys(tmp_path).settings("auth-pins", "postgresql://x@y/z")
    secrets = {"environment": "production", "idempotency_secret": "own", "pin_pepper": "own"}

    with pytest.raises(SettingsProblem, match="not https"):
        AuthPinsSettings.load(**keys, **secrets, oidc_issuers=[{**GOOD, "issuer": "http://login.example"}])
    assert AuthPinsSettings.load(**keys, **secrets, oidc_issuers=[GOOD])
