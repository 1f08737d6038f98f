"""People sign in at another issuer (OpenID Connect) and bring its token to the public door; so do forgers."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from punchcard.ports import free_port

from .elsewhere import Issuer, Provider, claims_in, new_key, part, settings_of

ADMIN, VENDOR = "/api/v1/admin/loyalty", "/api/v1/vendor/loyalty"
#: Keys are asked for again no sooner than after ten seconds.
NEW_KEY_WITHIN_S = 20
PEOPLE = {
    "anna": {"groups": ["till-people", "shop-owner"], "tenant": "cafe", "email": "anna@elsewhere.example"},
    "bo": {"groups": ["shop-manager"], "tenant": "cafe"},
    "cleo": {"groups": ["shop-admin"]},
    "without a role": {"groups": ["till-people"], "tenant": "cafe"},
    "of another shop": {"groups": ["shop-owner"], "tenant": "bakery"},
    "eve": {"groups": ["shop-owner"], "tenant": "cafe"},
    "dan": {"groups": ["shop-owner"], "tenant": "cafe"},
}
#: What a sign-in could leave behind.
KEPT = ("users", "sessions", "audit")


class World(NamedTuple):
    """One shop, and where its people sign in: `away` was never there, `silent` listens and says nothing."""

    platform: Any
    shop: Any
    provider: Provider
    issuer: Issuer
    away: str
    silent: str

    def get(self, token: str, path: str = f"{VENDOR}/program") -> httpx.Response:
        return self.platform.get(token, path)

    def users(self, address: str) -> list[dict[str, Any]]:
        """The platform's users of this issuer, as an admin sees them."""
        listed = self.platform.made(self.get(self.platform.admin, f"{ADMIN}/users?limit=100"))["items"]
        return [user for user in listed if user["issuer"] == address]

    def change(self, method: str, user_id: str, **body: Any) -> None:
        """By the platform's own admin."""
        headers = {"authorization": f"Bearer {self.platform.admin}", "if-match": "*"}
        path = f"{ADMIN}/users/{user_id}"
        answer = self.platform.http.request(method, path, json=body or None, headers=headers)
        assert answer.is_success, answer.text

    def kept(self) -> list[int]:
        return [self.platform.one("auth-pins", f"SELECT count(*) FROM {table}") for table in KEPT]


@pytest.fixture(scope="module")
def world(platform: Any, retold: Any) -> Iterator[World]:
    shop, provider, issuer = platform.open_shop(), Provider(PEOPLE), Issuer()
    with socket.create_server(("127.0.0.1", 0)) as mute:
        silent, away = f"http://127.0.0.1:{mute.getsockname()[1]}", f"http://127.0.0.1:{free_port()}"
        told = settings_of([provider.url, issuer.url, away, silent], shop.merchant["id"])
        provider.start()
        try:
            with retold(platform.stack, "auth-pins", OIDC_ISSUERS=told):
                yield World(platform, shop, provider, issuer, away, silent)
        finally:
            provider.end()
            issuer.end()


def refused(answer: httpx.Response) -> bool:
    """As the documents say: a problem, and no more than that."""
    said = answer.headers["content-type"], answer.status_code, answer.json().get("code")
    return said == ("application/problem+json", 401, "unauthenticated")


# -- who it is


def test_an_owner_a_manager_and_an_admin_act_as_their_claims_say(world: World):
    owner, manager, admin = (world.provider.sign_in(name) for name in ("anna", "bo", "cleo"))
    reward, merchants = {"name": "Tea", "points_required": 50}, f"{ADMIN}/merchants"
    export = f"{VENDOR}/cards/{world.shop.enrol()['id']}/customer/export"

    made = [world.platform.post(token, f"{VENDOR}/rewards", reward) for token in (owner, manager, admin)]
    exported = [world.get(token, export).status_code for token in (owner, manager, admin)]
    listed = [world.get(token, merchants) for token in (owner, manager, admin)]

    assert [answer.status_code for answer in made] == [201, 201, 403]
    assert world.get(owner).json()["merchant_id"] == world.shop.merchant["id"]
    assert exported == [200, 403, 403]
    assert [answer.status_code for answer in listed] == [403, 403, 200]
    assert {answer.json()["code"] for answer in (made[2], *listed[:2])} == {"forbidden"}


def test_whoever_comes_is_one_user_whose_name_is_on_what_was_done(world: World):
    tokens = [world.provider.sign_in("anna") for _ in range(2)]
    made = [
        world.platform.create(token, f"{VENDOR}/rewards", {"name": name, "points_required": 70})
        for token, name in zip(tokens, ("Cake", "Scone"), strict=True)
    ]

    (anna,) = [user for user in world.users(world.provider.url) if user["email"] == "anna@elsewhere.example"]
    audits = [
        world.platform.made(world.get(world.platform.admin, f"{ADMIN}/audit?thing_id={one['id']}"))["items"]
        for one in made
    ]

    assert (anna["role"], anna["merchant_id"]) == ("owner", world.shop.merchant["id"])
    assert [(row["actor"]["id"], row["action"]) for (row,) in audits] == [(anna["id"], "created")] * 2


@pytest.mark.parametrize("person", ["without a role", "of another shop"])
def test_who_has_no_role_or_no_shop_here_is_nobody(world: World, person: str):
    before = world.kept()

    answers = [
        world.get(world.provider.sign_in(person), path) for path in (f"{VENDOR}/program", f"{ADMIN}/users")
    ]

    assert all(refused(answer) for answer in answers)
    assert world.kept() == before


def test_who_signs_in_elsewhere_has_no_password_to_change(world: World):
    token, new = world.provider.sign_in("anna"), {"current": "x", "new": secrets.token_urlsafe(18)}

    changed = world.platform.post(token, "/api/v1/auth/password", new)

    assert (changed.status_code, changed.json()["code"]) == (403, "password-wrong")


# -- tokens that somebody made up


def forgeries(world: World) -> dict[str, str]:
    issuer, stranger = world.issuer, new_key()
    public = issuer.keys["one"].public_key()
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head, body, signature = issuer.token().split(".")
    real_head, real_body, real_signature = world.provider.sign_in("anna").split(".")
    at = issuer.claims()["iat"]
    return {
        "for another audience": issuer.token(aud="another"),
        "for another client of the real provider": world.provider.sign_in("anna", client_id="another"),
        "of an issuer that nobody knows": issuer.token(iss="https://evil.example"),
        "in the name of the real provider": issuer.token(iss=world.provider.url),
        "expired": issuer.token(iat=at - 700, exp=at - 100),
        "expired a moment ago": issuer.token(iat=at - 700, exp=at - 1),
        "from the future": issuer.token(iat=at + 100),
        "signed by another key": issuer.token(stranger),
        "signed by another key, in the real provider's shape": f"{real_head}.{real_body}.{signature}",
        "of a kid that nobody knows": issuer.token(stranger, kid="three"),
        "alg none": f"{part({'alg': 'none', 'typ': 'JWT'})}.{body}.",
        "alg none with a signature": f"{part({'alg': 'none', 'kid': 'one'})}.{body}.{signature}",
        "no signature": f"{head}.{body}.",
        "HS256 with the public key": issuer.with_hs256(pem),
        "HS256 with nothing": issuer.with_hs256(b""),
        "the claims of another": f"{head}.{part(issuer.claims(groups=['shop-admin']))}.{signature}",
        "an owner made an admin": f"{real_head}.{part({**claims_in(real_body), 'groups': ['shop-admin']})}"
        f".{real_signature}",
    }


def test_no_token_that_somebody_made_up_is_let_in_or_leaves_a_trace(world: World):
    assert world.get(world.issuer.token()).status_code == 200
    before = world.kept()
    made_up = forgeries(world)

    answers = {name: world.get(token) for name, token in made_up.items()}
    admins = {name: world.get(token, f"{ADMIN}/users") for name, token in made_up.items()}

    assert [name for name, answer in {**answers, **admins}.items() if not refused(answer)] == []
    assert len({(answer.json()["detail"], answer.json()["title"]) for answer in answers.values()}) == 1
    assert world.kept() == before


def test_a_token_ends_when_it_says_so_though_it_was_good_a_moment_ago(
    world: World, until: Callable[..., float]
):
    token = world.issuer.token(exp=world.issuer.claims()["iat"] + 2)
    assert world.get(token).status_code == 200

    until(lambda: world.get(token).status_code != 200, within_s=10)

    assert refused(world.get(token))


# -- users here


def test_who_is_switched_off_or_deleted_here_stays_out_whatever_the_issuer_says(
    world: World, until: Callable[..., float]
):
    first = world.provider.sign_in("dan")
    assert world.get(first).status_code == 200
    dan = world.users(world.provider.url)[0]["id"]

    world.change("PATCH", dan, is_active=False)
    until(lambda: refused(world.get(first)), within_s=10)
    assert refused(world.get(world.provider.sign_in("dan")))

    world.change("PATCH", dan, is_active=True)
    until(lambda: world.get(world.provider.sign_in("dan")).status_code == 200, within_s=10)
    assert refused(world.get(first)), "what was issued before stays refused"

    world.change("DELETE", dan)
    last = world.provider.sign_in("dan")
    until(lambda: refused(world.get(last)), within_s=10)
    assert refused(world.get(world.provider.sign_in("dan")))
    assert dan not in {user["id"] for user in world.users(world.provider.url)}


def test_a_right_that_is_taken_away_elsewhere_ends_with_the_next_sign_in(
    world: World, until: Callable[..., float]
):
    owner = world.provider.sign_in("eve")
    export = f"{VENDOR}/cards/{world.shop.enrol()['id']}/customer/export"
    assert world.get(owner, export).status_code == 200

    world.provider.tell("eve", groups=["shop-manager"], tenant="cafe")

    until(lambda: world.get(world.provider.sign_in("eve"), export).status_code == 403, within_s=10)
    until(lambda: world.get(owner, export).status_code in (401, 403), within_s=10)
    assert world.get(world.provider.sign_in("eve")).status_code == 200, "a manager reads the program"


# -- keys


def test_keys_are_changed_while_the_platform_runs(world: World, until: Callable[..., float]):
    old = [world.issuer.token(jti="old"), world.provider.sign_in("bo")]

    world.issuer.keys = {"two": new_key()}
    world.provider.end()
    world.provider.start()
    new = [world.issuer.token(world.issuer.keys["two"], "two"), world.provider.sign_in("bo")]

    for token in new:
        until(lambda token=token: world.get(token).status_code == 200, within_s=NEW_KEY_WITHIN_S)
    assert [refused(world.get(token)) for token in old] == [True, True]


def test_while_an_issuer_is_away_its_known_keys_go_on_and_others_are_told_why_not(world: World):
    ((kid, key),) = world.issuer.keys.items()
    good = [world.provider.sign_in("anna"), world.issuer.token(key, kid, jti="away")]
    world.provider.end()
    world.issuer.end()

    known = [world.get(token) for token in good]
    strangers = [
        world.get(world.issuer.token(new_key(), "four", iss=url))
        for url in (world.provider.url, world.issuer.url)
    ]
    nobodys = [world.get(world.issuer.token(key, kid, iss=url)) for url in (world.away, world.silent)]

    assert [answer.status_code for answer in known] == [200, 200]
    assert all(refused(answer) for answer in strangers)
    assert [(answer.status_code, answer.json()["code"]) for answer in nobodys] == [
        (503, "upstream-unavailable")
    ] * 2
    assert all(answer.json()["retryable"] and int(answer.headers["retry-after"]) >= 1 for answer in nobodys)
    assert world.get(world.shop.owner).status_code == 200, "those with a password here come in as ever"


def test_no_token_and_no_name_is_in_any_log(world: World):
    told = "".join(world.platform.stack.service(name).log.read_text() for name in ("gateway", "auth-pins"))

    assert "/internal/oidc/exchange" in told
    made = [*world.provider.made, *world.issuer.made]
    assert len(made) > 20
    assert [token for token in made if token.rpartition(".")[2] in told] == []
    assert "anna@elsewhere.example" not in told
