"""A device that Apple says is gone (410): forgotten, the whole way from its registration to its answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import httpx
import pytest

from contracts.cards import CardChanged
from kit.app import Service
from kit.http2 import Http2, client_context
from kit.identity import Caller
from kit.testing import Keys, client
from punchcard.embedded.wallet_identities import PASS_TYPE_ID, WalletIdentities
from punchcard.standins.apple import ApplePushStandIn, Reply
from wallet import commands, store
from wallet.apple import rules
from wallet.apple.provider import ApplePushes
from wallet.delivery import DeliveryLoop
from wallet.domain import Pass
from wallet.main import build
from wallet.settings import WalletSettings

V1 = "/api/v1/loyalty/apple/v1"


class Drawn:
    """Makes no passes: nobody fetches one here."""

    async def of(self, held: Pass) -> Any:
        return SimpleNamespace(content=b"")


class Phone:
    """A device that registers and asks over HTTP."""

    def __init__(self, http: httpx.AsyncClient, name: str) -> None:
        self._http = http
        self.push_token = uuid4().hex * 2
        self._at = f"{V1}/devices/{name}/registrations/{PASS_TYPE_ID}"

    async def register(self, held: Pass) -> None:
        answer = await self._http.post(
            f"{self._at}/{held.serial_number}",
            json={"pushToken": self.push_token},
            headers={"x-pass-authorization": f"ApplePass {rules.token_text(held)}"},
        )
        assert answer.status_code in (200, 201)

    async def passes(self) -> list[str]:
        """What it is told of all its passes."""
        answer = await self._http.get(self._at)
        serials: list[str] = answer.json()["serialNumbers"] if answer.status_code == 200 else []
        return serials


class World:
    """The wallet with its loop, and a stand-in of Apple's push service over real HTTP/2."""

    def __init__(self, service: Service, http: httpx.AsyncClient, apple: ApplePushStandIn) -> None:
        self._service = service
        self._http = http
        self._apple = apple

    def phone(self, name: str) -> Phone:
        return Phone(self._http, name)

    def gone(self, phone: Phone, seconds_ago: float) -> None:
        """From now on Apple says that this one is gone, since then."""
        since_ms = int((time.time() - seconds_ago) * 1000)
        self._apple.behaviour.devices[phone.push_token] = Reply(410, "Unregistered", since_ms)

    def pushed(self, phone: Phone) -> int:
        return sum(push.device == phone.push_token for push in self._apple.arrived)

    async def hear(self, card: CardChanged) -> Pass:
        async with self._service.work() as tx:
            await commands.note_cards(tx, [card])
            held = await store.find(tx.conn, card.id)
        assert held is not None
        return held

    async def stamp(self, fact: Any) -> None:
        async with self._service.work() as tx:
            await commands.note_transactions(tx, [fact])

    async def until_current(self, held: Pass) -> None:
        async def is_current() -> bool:
            async with self._service.work.read() as conn:
                return (await store.deliveries_of(conn, held.card_id))["apple"].status == "current"

        await self._until(is_current)

    async def until_pushed(self, phone: Phone, times: int) -> None:
        async def is_pushed() -> bool:
            return self.pushed(phone) >= times

        await self._until(is_pushed)

    async def _until(self, what: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(20):
            while not await what():  # noqa: ASYNC110 - the database has no event to wait for
                await asyncio.sleep(0.02)

    async def devices(self, held: Pass) -> set[str]:
        """The push tokens that are kept."""
        async with self._service.work.read() as conn:
            found = await store.registered(conn, [held.card_id])
        return {one.push_token for one in found[held.card_id]}


@pytest.fixture
async def apple(identities: WalletIdentities) -> AsyncIterator[ApplePushStandIn]:
    stand_in = ApplePushStandIn(identities)
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


@pytest.fixture
async def world(
    database: Any, tmp_path: Path, identities: WalletIdentities, apple: ApplePushStandIn
) -> AsyncIterator[World]:
    keys = Keys(tmp_path)
    certificate, key, authority = (
        file.read_text() for file in (identities.pass_certificate, identities.pass_key, identities.authority)
    )
    settings = WalletSettings.load(
        **keys.settings("wallet", database.fresh("wallet").app_url),
        apple_pass_certificate=certificate,
        apple_pass_key=key,
        apple_wwdr_certificate=authority,
    )
    service = build(settings, [], Drawn())
    context = client_context(certificate=certificate, intermediate=authority, key=key, ca=authority)
    pushes = ApplePushes(service.work, Http2(apple.url, context, timeout_s=12), PASS_TYPE_ID)
    loop = DeliveryLoop(service.work, pushes)
    running = asyncio.create_task(loop.run())
    bearer = keys.signer("gateway").internal(Caller("public"))
    async with client(service.app, {"authorization": f"Bearer {bearer}"}) as http:
        yield World(service, http, apple)
    await loop.close()
    await running
    await pushes.close()
    await service.engine.dispose()


async def test_a_device_that_is_gone_is_forgotten_with_this_pass_and_the_others_are_still_told(
    world: World, a_card: Callable[..., CardChanged], a_transaction: Any
):
    card = a_card()
    held = await world.hear(card)
    gone, stays = world.phone("gone"), world.phone("stays")
    for phone in (gone, stays):
        await phone.register(held)
    await world.stamp(a_transaction(card, 1))
    await world.until_current(held)
    assert await gone.passes() == await stays.passes() == [str(held.serial_number)]
    told_before = world.pushed(stays)

    world.gone(gone, seconds_ago=-60)
    await world.stamp(a_transaction(card, 2))
    await world.until_current(held)
    tried = world.pushed(gone)
    await world.stamp(a_transaction(card, 3))
    await world.until_current(held)

    assert await world.devices(held) == {stays.push_token}
    assert await gone.passes() == []
    assert await stays.passes() == [str(held.serial_number)]
    assert world.pushed(gone) == tried, "it is not asked again"
    assert world.pushed(stays) == told_before + 2


async def test_its_other_passes_are_forgotten_when_they_change(
    world: World, a_card: Callable[..., CardChanged], a_transaction: Any
):
    changed_card, other_card = a_card(), a_card(card_number="482100771931", qr_code="pXR")
    changed, other = await world.hear(changed_card), await world.hear(other_card)
    phone = world.phone("gone")
    for held in (changed, other):
        await phone.register(held)
        await world.until_current(held)

    world.gone(phone, seconds_ago=-60)
    for card in (changed_card, other_card):
        await world.stamp(a_transaction(card, 1))
    for held in (changed, other):
        await world.until_current(held)

    assert await phone.passes() == []
    assert await world.devices(changed) == await world.devices(other) == set()


async def test_a_device_that_registered_after_it_was_gone_is_kept_and_told_in_the_end(
    world: World, a_card: Callable[..., CardChanged], a_transaction: Any, apple: ApplePushStandIn
):
    card = a_card()
    held = await world.hear(card)
    phone = world.phone("came-back")
    await phone.register(held)
    await world.until_current(held)

    world.gone(phone, seconds_ago=3600)
    told_before = world.pushed(phone)
    await world.stamp(a_transaction(card, 1))
    await world.until_pushed(phone, told_before + 1)
    assert await world.devices(held) == {phone.push_token}
    apple.behaviour.devices.clear()
    await world.until_current(held)

    assert await world.devices(held) == {phone.push_token}
    assert await phone.passes() == [str(held.serial_number)]
