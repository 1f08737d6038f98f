"""The routes of Google Wallet: the way to a save link, and callbacks."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import text

from kit.app import Service
from kit.http import Peer
from kit.identity import Caller
from kit.ids import now
from kit.testing import Keys, client
from punchcard.embedded.wallet_identities import GOOGLE_ISSUER_ID, SERVICE_ACCOUNT
from punchcard.standins.google import GoogleStandIn, Mood
from punchcard.standins.google_keys import CallbackKeys
from wallet import commands
from wallet.google import saving
from wallet.main import build
from wallet.settings import WalletSettings

from .conftest import BASE_URL, Town

TOKEN = "qmbQx0Ykq1zE4o"
PATH = f"/api/v1/loyalty/cards/{TOKEN}/google"
CALLBACK = "/api/v1/loyalty/google/callback"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the other services answer, by path."""
    states: dict[str, Any] = {}

    async def get(self: Peer, path: str) -> Any:
        return states.get(path)

    async def post(self: Peer, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return {token: states[token]["id"] for token in body["tokens"] if token in states}

    monkeypatch.setattr(Peer, "get", get)
    monkeypatch.setattr(Peer, "post", post)
    return states


def settings(database: Any, keys: Keys, **more: Any) -> WalletSettings:
    return WalletSettings.load(**keys.settings("wallet", database.fresh("wallet").app_url, **more))


@pytest.fixture
async def service(
    database: Any, keys: Keys, google: GoogleStandIn, service_account: str, others: Any
) -> AsyncIterator[Service]:
    url = google.url  # type: ignore[attr-defined]
    service = build(
        settings(
            database,
            keys,
            public_base_url=BASE_URL,
            google_issuer_id=GOOGLE_ISSUER_ID,
            google_service_account=service_account,
            google_api_url=f"{url}/walletobjects/v1",
            google_token_url=f"{url}/token",
            google_callback_keys_url=f"{url}/gp/m/issuer/keys",
            google_save_url=f"{url}/gp/v/save",
        )
    )
    yield service
    await service.engine.dispose()


@pytest.fixture
async def town(
    service: Service, google: GoogleStandIn, service_account: str, a_card: Any
) -> AsyncIterator[Town]:
    town = Town(service.work, google, service_account, a_card)
    yield town
    await town.close()


@pytest.fixture
async def http(service: Service, keys: Keys) -> AsyncIterator[httpx.AsyncClient]:
    async with client(service.app, keys.bearer(Caller("public"))) as asking:
        yield asking


@pytest.fixture
async def shop(town: Town, a_shop: Any) -> Any:
    shop = a_shop()
    await town.hears(shop)
    return shop


@pytest.fixture
async def card(town: Town, others: dict[str, Any], shop: Any, a_card: Any) -> Any:
    """One with a link, that no wallet has yet."""
    card = a_card(merchant_id=shop.merchant.id, program_id=shop.program.id)
    async with town.work() as tx:
        await commands.note_cards(tx, [card])
    hashed = hashlib.sha256(TOKEN.encode()).hexdigest()
    states = {hashed: card}
    states |= {f"/internal/states/{one.kind}/{one.id}": one for one in (shop.merchant, shop.program)}
    others |= {path: one.model_dump(mode="json") for path, one in states.items()}
    return card


async def said(town: Town) -> list[tuple[str, int]]:
    async with town.work.read() as conn:
        rows = await conn.execute(text("SELECT value FROM outbox WHERE topic = 'wallet-events' ORDER BY id"))
        events = [json.loads(bytes(row.value)) for row in rows]
        return [(event["type"], event["data"]["change"]) for event in events]


async def test_a_link_leads_to_googles_page_once_google_has_the_card(
    town: Town, http: Any, card: Any, service_account: str
):
    async with town.delivering():
        answer = await http.get(PATH)

    assert answer.status_code == 302, answer.text
    assert answer.headers["cache-control"] == "no-store"
    link = answer.headers["location"]
    assert len(link) < 1800
    assert (await town.shown(card)).platform == "google"
    public = load_pem_private_key(json.loads(service_account)["private_key"].encode(), None).public_key()
    claims = jwt.decode(link.rpartition("/")[2], public, algorithms=["RS256"], audience="google")  # type: ignore[arg-type]
    shown = await town.object(card)
    assert abs(claims.pop("iat") - time.time()) < 60
    assert claims == {
        "iss": SERVICE_ACCOUNT,
        "aud": "google",
        "typ": "savetowallet",
        "origins": [BASE_URL],
        "payload": {"loyaltyObjects": [{"id": shown["id"], "classId": shown["classId"]}]},
    }
    async with httpx.AsyncClient() as phone:
        assert (await phone.get(link)).status_code == 200
    assert shown["hasUsers"] is True


async def test_who_asks_for_a_link_comes_before_all_that_is_behind(
    town: Town, http: Any, shop: Any, card: Any
):
    await town.cards(shop, 150)

    async with town.delivering():
        answer = await http.get(PATH)
        assert await town.behind() > 0

    assert answer.status_code == 302, answer.text


async def test_a_second_link_waits_for_nobody(town: Town, http: Any, card: Any):
    async with town.delivering():
        first = await http.get(PATH)
        town.google.does(Mood("fail", 503))
        second = await http.get(PATH)
        town.google.does(Mood())

    assert (first.status_code, second.status_code) == (302, 302)


async def test_while_google_does_not_take_the_card_there_is_no_link(
    town: Town, http: Any, card: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(saving, "OBJECT_WAIT_S", 0.5)
    town.google.does(Mood("fail", 503))

    async with town.delivering():
        answer = await http.get(PATH)

    assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")


async def test_an_unknown_link_and_an_ended_card_are_answered_alike(town: Town, http: Any, card: Any):
    unknown = await http.get("/api/v1/loyalty/cards/nobody/google")
    async with town.work() as tx:
        await commands.note_cards(tx, [card.model_copy(update={"version": 2, "deleted_at": now()})])
    ended = await http.get(PATH)

    assert [(one.status_code, one.json()["code"]) for one in (unknown, ended)] == [
        (404, "card-not-found")
    ] * 2


async def test_without_an_identity_with_google_there_is_no_wallet(
    database: Any, keys: Keys, others: Any, a_card: Any
):
    others[hashlib.sha256(TOKEN.encode()).hexdigest()] = a_card().model_dump(mode="json")
    service = build(settings(database, keys))
    async with client(service.app, keys.bearer(Caller("public"))) as http:
        link = await http.get(PATH)
        told = await http.post(
            CALLBACK, json=CallbackKeys().signed("save", f"{GOOGLE_ISSUER_ID}.c", f"{GOOGLE_ISSUER_ID}.o")
        )
    await service.engine.dispose()

    assert [(one.status_code, one.json()["code"]) for one in (link, told)] == [
        (404, "wallet-not-available")
    ] * 2


async def test_a_save_and_a_removal_are_kept_and_told_once(town: Town, http: Any, card: Any):
    async with town.delivering():
        await http.get(PATH)
        await town.until_status(card, "current")
        shown, devices = await town.object(card), []
        events = ["save", "save", "del", "del", "save"]
        for event in events:
            message = town.google.keys.signed(event, shown["classId"], shown["id"])  # type: ignore[arg-type]
            answer = await http.post(CALLBACK, json=message)
            assert answer.status_code == 200, answer.text
            devices.append((await town.shown(card)).devices)

    assert devices == [1, 1, 0, 0, 1]
    assert await said(town) == [
        ("wallet.pass-added.v1", 1),
        ("wallet.pass-removed.v1", 2),
        ("wallet.pass-added.v1", 3),
    ]
    async with town.work.read() as conn:
        row = (await conn.execute(text("SELECT is_saved, saved_at, removed_at FROM google_objects"))).one()
    assert (row.is_saved, row.saved_at > row.removed_at) == (True, True)


async def test_forged_replayed_and_stale_callbacks_are_refused_and_change_nothing(
    town: Town, http: Any, card: Any
):
    async with town.delivering():
        await http.get(PATH)
    shown, keys = await town.object(card), town.google.keys
    good = keys.signed("save", shown["classId"], shown["id"])
    assert (await http.post(CALLBACK, json=good)).status_code == 200

    refused = [
        good,
        CallbackKeys().signed("del", shown["classId"], shown["id"]),
        keys.signed("del", shown["classId"], shown["id"], expires_ms=1),
        keys.signed("del", shown["classId"], shown["id"], key_expires_ms=1),
        keys.signed("del", shown["classId"], shown["id"], recipient="1"),
        good | {"signedMessage": good["signedMessage"].replace("save", "del")},
    ]
    answers = [await http.post(CALLBACK, json=message) for message in refused]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(401, "unauthenticated")] * 6
    assert answers[0].json()["detail"] == "This callback came before"
    assert len(await said(town)) == 1


async def test_a_notice_of_an_object_or_a_class_that_is_not_ours_is_not_found(
    town: Town, http: Any, card: Any
):
    async with town.delivering():
        await http.get(PATH)
    shown = await town.object(card)
    others = [(shown["classId"], f"{GOOGLE_ISSUER_ID}.o"), (f"{GOOGLE_ISSUER_ID}.c", shown["id"])]

    answers = [await http.post(CALLBACK, json=town.google.keys.signed("save", *ids)) for ids in others]

    assert [(one.status_code, one.json()["code"]) for one in answers] == [(404, "card-not-found")] * 2
    assert await said(town) == []


async def test_root_keys_that_were_rotated_are_fetched_again(
    town: Town, http: Any, card: Any, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("wallet.google.root_keys.LOOK_AGAIN_S", 0.0)
    async with town.delivering():
        await http.get(PATH)
    shown = await town.object(card)
    ids = shown["classId"], shown["id"]
    assert (await http.post(CALLBACK, json=town.google.keys.signed("save", *ids))).status_code == 200

    town.google.keys.rotate()

    assert (await http.post(CALLBACK, json=town.google.keys.signed("del", *ids))).status_code == 200


async def test_a_body_that_is_no_callback_is_refused(http: Any):
    answer = await http.post(CALLBACK, json={"signature": "x"})

    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")
