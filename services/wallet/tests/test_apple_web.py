"""Apple's web service, as devices ask it."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest
from sqlalchemy import text

from contracts.cards import CardChanged
from kit.app import Service, openapi_of
from kit.identity import Caller
from kit.ids import uuid7
from kit.testing import Keys, client
from kit.work import Work
from punchcard.embedded.wallet_identities import PASS_TYPE_ID, WalletIdentities
from wallet import commands, store
from wallet.apple import rules
from wallet.delivery import DeliveryLoop
from wallet.domain import Delivered, Pass
from wallet.main import build
from wallet.settings import WalletSettings
from wallet.store import registrations

V1 = "/api/v1/loyalty/apple/v1"
TOKEN = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


class Drawn:
    """Makes passes that say which revision they show."""

    async def of(self, held: Pass) -> Any:
        return SimpleNamespace(content=f"pass {held.serial_number} {held.revision}".encode())


class Shop:
    """The service with its database, and devices that ask it."""

    def __init__(self, service: Service, http: httpx.AsyncClient, card: Callable[..., Any], tx: Any) -> None:
        self.service = service
        self.work: Work = service.work
        self.http = http
        self._card = card
        self._transaction = tx
        self.cards: dict[UUID, CardChanged] = {}

    async def issue(self) -> Pass:
        card = self._card()
        self.cards[card.id] = card
        async with self.work() as tx:
            await commands.note_cards(tx, [card])
        return await self.now(card.id)

    async def now(self, card_id: UUID) -> Pass:
        async with self.work.read() as conn:
            held = await store.find(conn, card_id)
        assert held is not None
        return held

    async def stamp(self, held: Pass) -> None:
        before = await self.now(held.card_id)
        fact = self._transaction(self.cards[held.card_id], before.sequence_wanted + 1)
        async with self.work() as tx:
            await commands.note_transactions(tx, [fact])

    async def claim(self, limit: int = 50) -> list[store.Claimed]:
        async with self.work() as tx:
            return await store.claim(tx.conn, "apple", uuid7(), limit, 60)

    async def record(self, *claimed: store.Claimed) -> None:
        """All of these were delivered."""
        loop = DeliveryLoop(self.work, SimpleNamespace(platform="apple"))  # type: ignore[arg-type]
        await loop.record([(one, Delivered(1)) for one in claimed])

    async def register(self, held: Pass, device: str = "d1", push: str = TOKEN) -> httpx.Response:
        return await self.http.post(
            at(held, device), json={"pushToken": push}, headers={"x-pass-authorization": shown(held)}
        )

    async def unregister(self, held: Pass, device: str = "d1") -> httpx.Response:
        return await self.http.delete(at(held, device), headers={"x-pass-authorization": shown(held)})

    async def changed(self, device: str = "d1", tag: str | None = None) -> httpx.Response:
        params = {} if tag is None else {"passesUpdatedSince": tag}
        return await self.http.get(f"{V1}/devices/{device}/registrations/{PASS_TYPE_ID}", params=params)

    async def fetch(self, held: Pass, since: str | None = None) -> httpx.Response:
        headers = {"x-pass-authorization": shown(held), **({"if-modified-since": since} if since else {})}
        return await self.http.get(f"{V1}/passes/{PASS_TYPE_ID}/{held.serial_number}", headers=headers)


def at(held: Pass, device: str = "d1") -> str:
    return f"{V1}/devices/{device}/registrations/{PASS_TYPE_ID}/{held.serial_number}"


def shown(held: Pass) -> str:
    return f"ApplePass {rules.token_text(held)}"


@pytest.fixture
def database_of_its_own(database: Any) -> Any:
    return database.fresh("wallet")


@pytest.fixture
async def shop(
    database_of_its_own: Any,
    tmp_path: Path,
    identities: WalletIdentities,
    a_card: Callable[..., CardChanged],
    a_transaction: Callable[..., Any],
) -> AsyncIterator[Shop]:
    keys = Keys(tmp_path)
    settings = WalletSettings.load(
        **keys.settings("wallet", database_of_its_own.app_url),
        apple_pass_certificate=identities.pass_certificate.read_text(),
        apple_pass_key=identities.pass_key.read_text(),
        apple_wwdr_certificate=identities.authority.read_text(),
    )
    service = build(settings, [], Drawn())
    token = keys.signer("gateway").internal(Caller("public"))
    async with client(service.app, {"authorization": f"Bearer {token}"}) as http:
        yield Shop(service, http, a_card, a_transaction)
    await service.engine.dispose()


async def test_a_device_registers_once_and_is_known_then(shop: Shop):
    held = await shop.issue()

    first, again = await shop.register(held), await shop.register(held)

    assert (first.status_code, again.status_code) == (201, 200)
    assert first.content == again.content == b""


async def test_a_new_push_token_replaces_the_old_one(shop: Shop, database_of_its_own: Any):
    held = await shop.issue()
    await shop.register(held, push="aa")

    answer = await shop.register(held, push="bb")

    assert answer.status_code == 200
    with psycopg.connect(database_of_its_own.superuser_url) as connection:
        assert connection.execute("SELECT push_token FROM registrations").fetchall() == [("bb",)]


async def test_a_device_that_unregisters_is_told_no_more(shop: Shop):
    held = await shop.issue()
    await shop.register(held)

    first, again = await shop.unregister(held), await shop.unregister(held)

    assert (first.status_code, again.status_code) == (200, 200)
    assert (await shop.changed()).status_code == 204


async def test_a_pass_is_told_to_be_added_with_its_first_device_and_removed_with_its_last(shop: Shop):
    held = await shop.issue()

    for device in ("d1", "d2", "d1"):
        await shop.register(held, device)
    await shop.unregister(held, "d1")
    assert await told(shop, held) == ["wallet.pass-added.v1"]
    await shop.unregister(held, "d2")
    await shop.unregister(held, "d2")

    assert await told(shop, held) == ["wallet.pass-added.v1", "wallet.pass-removed.v1"]


async def told(shop: Shop, held: Pass) -> list[str]:
    query = "SELECT value FROM outbox WHERE topic = 'wallet-events' AND key = :key ORDER BY id"
    async with shop.work.read() as conn:
        rows = await conn.execute(text(query), {"key": str(held.card_id)})
    return [json.loads(bytes(row.value))["type"] for row in rows]


async def test_a_wrong_token_and_an_unknown_serial_answer_alike(shop: Shop):
    held, other = await shop.issue(), await shop.issue()
    await shop.register(held)
    wrong: list[tuple[str, dict[str, str]]] = [
        (str(held.serial_number), {}),
        (str(held.serial_number), {"x-pass-authorization": "ApplePass wrong"}),
        (str(held.serial_number), {"x-pass-authorization": shown(other)}),
        (str(held.serial_number).upper(), {"x-pass-authorization": shown(held)}),
        (str(uuid7()), {"x-pass-authorization": shown(held)}),
        ("x" * 3000, {"x-pass-authorization": shown(held)}),
        ("%C3%A9%20%3F%25", {"x-pass-authorization": shown(held)}),
        ("a%00b", {"x-pass-authorization": shown(held)}),
    ]
    for serial, headers in wrong:
        registering = f"{V1}/devices/d1/registrations/{PASS_TYPE_ID}/{serial}"
        answers = [
            await shop.http.post(registering, json={"pushToken": TOKEN}, headers=headers),
            await shop.http.delete(registering, headers=headers),
            await shop.http.get(f"{V1}/passes/{PASS_TYPE_ID}/{serial}", headers=headers),
        ]
        for answer in answers:
            problem = answer.json()
            assert (answer.status_code, problem["code"]) == (401, "unauthenticated")
            del problem["instance"], problem["request_id"]
            assert problem == {
                "type": problem["type"],
                "title": "Sign in, or send a valid key",
                "status": 401,
                "detail": "Sign in, or send a valid key",
                "code": "unauthenticated",
                "retryable": False,
            }
    # Nobody was taken off by it.
    assert (await shop.changed()).status_code == 200


async def test_another_pass_type_is_nobody_s(shop: Shop):
    held = await shop.issue()
    path = at(held).replace(PASS_TYPE_ID, "pass.example.other")

    answer = await shop.http.post(
        path, json={"pushToken": TOKEN}, headers={"x-pass-authorization": shown(held)}
    )

    assert answer.status_code == 401
    assert (await shop.http.get(path.rpartition("/")[0])).status_code == 204


async def test_a_long_device_with_any_signs_is_one_device(shop: Shop):
    held = await shop.issue()
    device = "a%20b%C3%A9%3Fc%23" + "x" * 490

    assert (await shop.register(held, device)).status_code == 201
    assert (await shop.register(held, device)).status_code == 200
    assert (await shop.changed(device)).json()["serialNumbers"] == [str(held.serial_number)]
    assert (await shop.unregister(held, device)).status_code == 200
    assert (await shop.changed(device)).status_code == 204


@pytest.mark.parametrize("device", ["x" * 513, "a%00b", "a%0Ab", "%FF", "a%C3", "%ED%A0%80"])
async def test_what_cannot_be_a_device_is_refused(shop: Shop, device: str):
    held = await shop.issue()

    for answer in (await shop.register(held, device), await shop.changed(device)):
        assert answer.status_code in (400, 422)
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [{}, [], {"pushToken": ""}, {"pushToken": 7}, {"pushToken": "a/../b c"}, {"pushToken": "x" * 300}, None],
)
async def test_what_cannot_be_a_push_token_is_refused(shop: Shop, body: Any):
    held = await shop.issue()

    answer = await shop.http.post(at(held), json=body, headers={"x-pass-authorization": shown(held)})

    assert answer.status_code in (400, 422)
    assert TOKEN not in answer.text


async def test_members_that_apple_may_add_are_left_aside(shop: Shop):
    held = await shop.issue()

    answer = await shop.http.post(
        at(held), json={"pushToken": TOKEN, "hat": True}, headers={"x-pass-authorization": shown(held)}
    )

    assert answer.status_code == 201


async def test_a_device_is_told_which_of_its_passes_changed(shop: Shop):
    one, two, elsewhere = await shop.issue(), await shop.issue(), await shop.issue()
    for held in (one, two):
        await shop.register(held)
    await shop.register(elsewhere, "d2")
    claimed = await shop.claim()
    first = (await shop.changed()).json()

    assert sorted(first["serialNumbers"]) == sorted([str(one.serial_number), str(two.serial_number)])
    assert (await shop.changed(tag=first["lastUpdated"])).status_code == 204

    await shop.record(*claimed)
    await shop.stamp(two)
    await shop.claim()
    second = (await shop.changed(tag=first["lastUpdated"])).json()

    assert second["serialNumbers"] == [str(two.serial_number)]
    assert int(second["lastUpdated"]) > int(first["lastUpdated"])


async def test_a_later_commit_never_gets_a_tag_below_one_that_was_listed(shop: Shop):
    """Two claims at once: the second waits for the first, and its tag is the higher one."""
    one, two = await shop.issue(), await shop.issue()
    await shop.register(one)
    await shop.register(two)
    may_commit = asyncio.Event()

    async def slow() -> None:
        async with shop.work() as tx:
            await store.claim(tx.conn, "apple", uuid7(), 1, 60)
            await may_commit.wait()

    begun = asyncio.create_task(slow())
    await asyncio.sleep(0.2)
    later = asyncio.create_task(shop.claim(1))
    await asyncio.sleep(0.2)
    listed = (await shop.changed(tag="1")).status_code
    assert not later.done()
    may_commit.set()
    await asyncio.gather(begun, later)

    answer = (await shop.changed(tag="1")).json()
    assert listed in (200, 204)
    assert answer["lastUpdated"] == "2"
    assert answer["serialNumbers"] == [str((await later)[0].held.serial_number)]


@pytest.mark.parametrize("tag", ["x", "-1", "1.5", "9" * 30, "%00"])
async def test_what_is_no_tag_of_ours_is_refused(shop: Shop, tag: str):
    answer = await shop.http.get(f"{V1}/devices/d1/registrations/{PASS_TYPE_ID}?passesUpdatedSince={tag}")

    assert answer.status_code in (400, 422)


async def test_a_tag_of_a_newer_database_brings_everything(shop: Shop):
    held = await shop.issue()
    await shop.register(held)
    await shop.claim()

    for tag in ("4000", "9" * 19, ""):
        assert (await shop.changed(tag=tag)).json()["lastUpdated"] == "1"


async def test_a_pass_is_fetched_with_the_time_of_its_change(shop: Shop):
    held = await shop.issue()

    answer = await shop.fetch(held)

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/vnd.apple.pkpass"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.content == f"pass {held.serial_number} {held.revision}".encode()
    assert rules.date_of(answer.headers["last-modified"]) == held.changed_at.replace(
        microsecond=0
    ) - timedelta(seconds=1)


async def test_a_pass_that_has_not_changed_is_not_given_again(shop: Shop, database_of_its_own: Any):
    held = await shop.issue()
    with psycopg.connect(database_of_its_own.superuser_url) as connection:
        connection.execute("UPDATE passes SET changed_at = changed_at - interval '1 minute'")
    first = await shop.fetch(held)

    again = await shop.fetch(held, first.headers["last-modified"])

    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert again.headers["last-modified"] == first.headers["last-modified"]


async def test_two_updates_within_one_second_are_both_seen(shop: Shop, database_of_its_own: Any):
    held = await shop.issue()
    await shop.stamp(held)
    first = await shop.fetch(held)
    await shop.stamp(held)

    second = await shop.fetch(held, first.headers["last-modified"])
    with psycopg.connect(database_of_its_own.superuser_url) as connection:
        connection.execute("UPDATE passes SET changed_at = changed_at - interval '1 minute'")
    settled = await shop.fetch(held, first.headers["last-modified"])

    assert (first.content, second.content) == tuple(
        f"pass {held.serial_number} {revision}".encode() for revision in (2, 3)
    )
    assert second.status_code == 200
    assert settled.status_code == 304, "a minute earlier, it is before what the device has"


async def test_a_pass_s_time_never_goes_back(shop: Shop, database_of_its_own: Any):
    held = await shop.issue()
    with psycopg.connect(database_of_its_own.superuser_url) as connection:
        connection.execute("UPDATE passes SET changed_at = now() + interval '1 hour'")
    before = await shop.now(held.card_id)

    await shop.stamp(held)

    assert (await shop.now(held.card_id)).changed_at == before.changed_at


async def test_registering_hands_the_pass_out(shop: Shop):
    held = await shop.issue()

    await shop.register(held)

    assert [claimed.held.card_id for claimed in await shop.claim()] == [held.card_id]


async def test_who_registers_while_a_delivery_is_under_way_is_told_afterwards(shop: Shop):
    """The outcome of a delivery that did not know of the device does not say that all is told."""
    held = await shop.issue()
    await shop.register(held)
    (under_way,) = await shop.claim()

    await shop.register(held, "d2", "bb")
    await shop.record(under_way)

    assert [claimed.held.card_id for claimed in await shop.claim()] == [held.card_id]


async def test_a_device_that_is_known_disturbs_no_delivery(shop: Shop):
    held = await shop.issue()
    await shop.register(held)
    (under_way,) = await shop.claim()
    async with shop.work() as tx:
        (known,) = (await registrations.registered(tx.conn, [held.card_id]))[held.card_id]
        await registrations.note_told(tx.conn, [(known, held.revision)])

    await shop.register(held)
    await shop.record(under_way)

    assert await shop.claim() == []


async def test_no_pass_has_more_than_a_thousand_devices(shop: Shop, database_of_its_own: Any):
    held = await shop.issue()
    with psycopg.connect(database_of_its_own.superuser_url) as connection:
        connection.execute(
            "INSERT INTO registrations (device, card_id, push_token, registered_at)"
            " SELECT 'old' || n, %s, 'aa', now() - n * interval '1 hour' FROM generate_series(1, 1000) n",
            [held.card_id],
        )

    await shop.register(held)

    with psycopg.connect(database_of_its_own.superuser_url) as connection:
        devices = {device for (device,) in connection.execute("SELECT device FROM registrations").fetchall()}
    assert len(devices) == 1000
    assert "d1" in devices
    assert "old1000" not in devices


async def test_what_a_device_tells_is_logged_in_one_short_line(shop: Shop, caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING, "punchcard"):
        answer = await shop.http.post(f"{V1}/log", json={"logs": [f"failed\nfor {TOKEN}", "x " * 9000]})

    assert (answer.status_code, answer.content) == (200, b"")
    (line,) = [record.getMessage() for record in caplog.records]
    assert line.startswith("a device tells: failed\\nfor *** | x x")
    assert len(line) < 4096 + 20


@pytest.mark.parametrize("body", [{}, {"logs": "x"}, {"logs": [1]}, {"logs": ["a\x00b"]}, []])
async def test_what_is_no_log_is_refused(shop: Shop, body: Any):
    answer = await shop.http.post(f"{V1}/log", json=body)

    assert answer.status_code in (400, 422)


async def test_without_an_identity_no_pass_is_anybody_s(database: Any, tmp_path: Path):
    keys = Keys(tmp_path)
    service = build(WalletSettings.load(**keys.settings("wallet", database("wallet").app_url)))
    token = keys.signer("gateway").internal(Caller("public"))
    async with client(service.app, {"authorization": f"Bearer {token}"}) as http:
        fetched = await http.get(f"{V1}/passes/{PASS_TYPE_ID}/{uuid7()}")
        listed = await http.get(f"{V1}/devices/d1/registrations/{PASS_TYPE_ID}")
    await service.engine.dispose()

    assert (fetched.status_code, listed.status_code) == (401, 204)


def test_only_what_takes_a_pass_s_token_is_handed_it(shop: Shop):
    paths = openapi_of(shop.service)["paths"]
    takes = {
        operation["operationId"]
        for item in paths.values()
        for operation in item.values()
        if operation.get("x-hands-on-authorization")
    }

    assert takes == {"registerDevice", "unregisterDevice", "fetchPass"}


@pytest.mark.parametrize(
    ("sign", "answers"),
    [(sign, (204, 200)) for sign in ("%C2%85", "%E2%80%A8", "%C3%A9", "%23", "%3F")]
    + [(sign, (422, 422)) for sign in ("%0A", "%0D")],
)
async def test_a_device_number_may_hold_any_sign_that_is_not_a_control_character(
    shop: Shop, sign: str, answers: tuple[int, int]
):
    held = await shop.issue()

    asked = await shop.http.get(f"{V1}/devices/{sign}a{sign}b/registrations/{PASS_TYPE_ID}")
    unregistered = await shop.unregister(held, f"{sign}a{sign}b")

    assert (asked.status_code, unregistered.status_code) == answers
