"""Pushes to Apple's devices, against a stand-in of Apple's push service over real HTTP/2 and TLS."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import uvloop
from sqlalchemy import text

from contracts.cards import CardChanged
from kit.http2 import Http2, client_context
from kit.ids import now
from kit.work import Work
from punchcard.embedded.wallet_identities import PASS_TYPE_ID, WalletIdentities
from punchcard.standins.apple import ApplePushStandIn, Reply
from wallet import commands, store
from wallet.apple import answers
from wallet.apple.answers import Gone, Later, Refused, Told, meaning, outcome
from wallet.apple.provider import ApplePushes
from wallet.delivery import DeliveryLoop
from wallet.domain import Delivered, Never, NotNow, Pass
from wallet.store import registrations


@pytest.fixture
async def apple(identities: WalletIdentities) -> AsyncIterator[ApplePushStandIn]:
    stand_in = ApplePushStandIn(identities)
    await stand_in.start()
    yield stand_in
    await stand_in.stop()


def context(identities: WalletIdentities) -> Any:
    return client_context(
        certificate=identities.pass_certificate.read_text(),
        intermediate=identities.authority.read_text(),
        key=identities.pass_key.read_text(),
        ca=identities.authority.read_text(),
    )


@pytest.fixture
async def server(apple: ApplePushStandIn, identities: WalletIdentities) -> AsyncIterator[Http2]:
    server = Http2(apple.url, context(identities), timeout_s=12)
    yield server
    await server.close()


@pytest.fixture
def pushes(work: Work, server: Http2) -> ApplePushes:
    return ApplePushes(work, server, PASS_TYPE_ID)


class Holders:
    """Passes on devices."""

    def __init__(self, work: Work, a_card: Any, a_transaction: Any) -> None:
        self.work = work
        self._card = a_card
        self._transaction = a_transaction
        self._cards: dict[Any, CardChanged] = {}

    async def issue(self, *tokens: str) -> Pass:
        card = self._card()
        self._cards[card.id] = card
        async with self.work() as tx:
            await commands.note_cards(tx, [card])
        for token in tokens:
            await self.register(card.id, token)
        return await self.now(card.id)

    async def register(self, card_id: Any, token: str) -> None:
        async with self.work() as tx:
            await registrations.register(tx.conn, card_id, f"device of {token}", token)

    async def stamp(self, held: Pass) -> Pass:
        before = await self.now(held.card_id)
        fact = self._transaction(self._cards[held.card_id], before.sequence_wanted + 1)
        async with self.work() as tx:
            await commands.note_transactions(tx, [fact])
        return await self.now(held.card_id)

    async def now(self, card_id: Any) -> Pass:
        async with self.work.read() as conn:
            held = await store.find(conn, card_id)
        assert held is not None
        return held

    async def told(self, held: Pass) -> list[str]:
        """The types of what the outbox says of this card's passes, in order."""
        query = "SELECT value FROM outbox WHERE topic = 'wallet-events' AND key = :key ORDER BY id"
        async with self.work.read() as conn:
            rows = await conn.execute(text(query), {"key": str(held.card_id)})
        return [json.loads(bytes(row.value))["type"] for row in rows]

    async def tokens(self, held: Pass) -> set[str]:
        async with self.work.read() as conn:
            found = await store.registered(conn, [held.card_id])
        return {one.push_token for one in found[held.card_id]}


@pytest.fixture
def holders(work: Work, a_card: Callable[..., Any], a_transaction: Callable[..., Any]) -> Holders:
    return Holders(work, a_card, a_transaction)


def a_token() -> str:
    return uuid4().hex * 2


# -- what is sent


async def test_every_device_of_a_pass_is_pushed_to(apple: Any, pushes: ApplePushes, holders: Holders):
    one, two = a_token(), a_token()
    held = await holders.issue(one, two)

    assert await pushes.deliver(held) == Delivered(2)

    assert {push.device for push in apple.taken()} == {one, two}
    assert len(apple.arrived) == 2, "the stand-in looked at topic, path and body, and found nothing wrong"


async def test_a_pass_on_no_device_is_delivered(apple: Any, pushes: ApplePushes, holders: Holders):
    held = await holders.issue()

    assert await pushes.deliver(held) == Delivered(0, unasked=True)
    assert apple.connected == 0


async def test_a_device_is_told_of_a_state_once(apple: Any, pushes: ApplePushes, holders: Holders):
    held = await holders.issue(a_token())
    await pushes.deliver(held)

    assert await pushes.deliver(held) == Delivered(1, unasked=True)
    assert len(apple.arrived) == 1

    await pushes.deliver(await holders.stamp(held))
    assert len(apple.arrived) == 2


async def test_hundreds_of_pushes_are_in_flight_on_one_connection(
    apple: Any, pushes: ApplePushes, holders: Holders
):
    apple.behaviour.delay_s = 2
    held = await holders.issue(*(a_token() for _ in range(300)))

    assert await pushes.deliver(held) == Delivered(300)

    assert apple.connected == 1
    assert apple.most_open >= 250


async def test_no_more_are_in_flight_than_apple_allows(apple: Any, pushes: ApplePushes, holders: Holders):
    apple.behaviour.streams, apple.behaviour.delay_s = 5, 0.01
    held = await holders.issue(*(a_token() for _ in range(40)))

    assert await pushes.deliver(held) == Delivered(40)

    assert (apple.most_open, apple.connected) == (5, 1)


async def test_the_certificate_comes_with_its_intermediate(apple: Any, pushes: ApplePushes, holders: Holders):
    await pushes.deliver(await holders.issue(a_token()))

    assert apple.chain_length == 2


async def test_without_the_certificate_nothing_is_taken(
    apple: Any, work: Work, holders: Holders, identities: WalletIdentities, tmp_path: Any
):
    others = WalletIdentities.ensure(tmp_path / "others")
    foreign = client_context(
        certificate=others.pass_certificate.read_text(),
        intermediate=others.authority.read_text(),
        key=others.pass_key.read_text(),
        ca=identities.authority.read_text(),
    )
    server = Http2(apple.url, foreign, timeout_s=2)

    outcome = await ApplePushes(work, server, PASS_TYPE_ID).deliver(await holders.issue(a_token()))

    assert isinstance(outcome, NotNow)
    assert len(apple.arrived) == 0
    await server.close()


async def test_another_topic_than_the_certificate_s_is_refused(work: Work, server: Http2, holders: Holders):
    outcome = await ApplePushes(work, server, "pass.example.other").deliver(await holders.issue(a_token()))

    assert outcome == Never("TopicDisallowed")


def test_it_works_on_the_loop_that_services_run_on(identities: WalletIdentities):
    async def ask() -> int:
        stand_in = ApplePushStandIn(identities)
        await stand_in.start()
        server = Http2(stand_in.url, context(identities), timeout_s=5)
        reply = await server.ask("POST", f"/3/device/{a_token()}", {"apns-topic": PASS_TYPE_ID}, b"{}")
        await server.close()
        await stand_in.stop()
        return reply.status

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(ask()) == 200


# -- what is answered


async def test_a_device_that_is_gone_is_forgotten(apple: Any, pushes: ApplePushes, holders: Holders):
    gone, there = a_token(), a_token()
    held = await holders.issue(gone, there)
    soon = int((time.time() + 60) * 1000)
    apple.behaviour.devices[gone] = Reply(410, "Unregistered", soon)

    assert await pushes.deliver(held) == Delivered(1)
    assert await holders.tokens(held) == {there}
    assert await holders.told(held) == []


async def test_when_its_last_device_is_gone_the_pass_is_told_to_be_removed(
    apple: Any, pushes: ApplePushes, holders: Holders
):
    held = await holders.issue(*(gone := [a_token(), a_token()]))
    for token in gone:
        apple.behaviour.devices[token] = Reply(410, "Unregistered", int((time.time() + 60) * 1000))

    await pushes.deliver(held)

    assert await holders.tokens(held) == set()
    assert await holders.told(held) == ["wallet.pass-removed.v1"]


async def test_an_expired_token_without_a_time_is_forgotten(
    apple: Any, pushes: ApplePushes, holders: Holders
):
    held = await holders.issue(gone := a_token())
    apple.behaviour.devices[gone] = Reply(410, "ExpiredToken")

    assert await pushes.deliver(held) == Delivered(0)
    assert await holders.tokens(held) == set()


async def test_a_device_that_came_back_since_is_kept_and_told_later(
    apple: Any, pushes: ApplePushes, holders: Holders
):
    held = await holders.issue(back := a_token())
    apple.behaviour.devices[back] = Reply(410, "Unregistered", int((time.time() - 3600) * 1000))

    assert await pushes.deliver(held) == NotNow("Unregistered", of_provider=False)
    assert await holders.tokens(held) == {back}


async def test_a_403_says_that_our_identity_is_refused_and_keeps_the_devices(
    apple: Any, pushes: ApplePushes, holders: Holders
):
    held = await holders.issue(token := a_token())
    apple.behaviour.all = Reply(403, "BadCertificate")

    assert await pushes.deliver(held) == NotNow("BadCertificate", answers.FORBIDDEN_PAUSE_S, refuses_us=True)
    assert await holders.tokens(held) == {token}

    apple.behaviour.all = None
    assert await pushes.deliver(held) == Delivered(1)


async def test_when_some_devices_could_not_be_told_only_those_are_told_again(
    apple: Any, pushes: ApplePushes, holders: Holders
):
    good, bad, busy = a_token(), a_token(), a_token()
    held = await holders.issue(good, bad, busy)
    apple.behaviour.devices[busy] = Reply(429, "TooManyRequests", headers=(("retry-after", "7"),))
    apple.behaviour.devices[bad] = Reply(400, "BadDeviceToken")

    assert await pushes.deliver(held) == NotNow("TooManyRequests", 7.0, of_provider=False)
    apple.behaviour.devices.clear()
    await pushes.deliver(held)

    assert [push.device for push in apple.arrived].count(good) == 1
    assert [push.device for push in apple.arrived].count(bad) == 1
    assert [push.device for push in apple.arrived].count(busy) == 2
    assert await holders.tokens(held) == {good, bad, busy}


@pytest.mark.parametrize(
    "lie",
    [Reply(200, body=b"not json"), Reply(410, body=b"\xff[", timestamp_ms=1), Reply(503, body=b"x" * 70_000)],
)
async def test_an_answer_that_is_nonsense_breaks_nothing(
    apple: Any, pushes: ApplePushes, holders: Holders, lie: Reply
):
    held = await holders.issue(a_token())
    apple.behaviour.all = lie

    found = await pushes.deliver(held)

    assert isinstance(found, Delivered if lie.status != 503 else NotNow)
    apple.behaviour.all = None
    other = await holders.issue(a_token())
    assert await pushes.deliver(other) == Delivered(1)


# -- when the connection ends


async def test_what_apple_began_with_before_it_went_away_is_finished_and_the_rest_sent_anew(
    apple: Any, pushes: ApplePushes, holders: Holders
):
    apple.behaviour.goes_away_after, apple.behaviour.delay_s = 20, 0.1
    held = await holders.issue(*(a_token() for _ in range(30)))

    assert await pushes.deliver(held) == Delivered(30)

    assert len(apple.arrived) == 30, "nothing was pushed twice"
    assert apple.connected == 2


async def test_sent_away_with_a_reason_the_rest_waits(apple: Any, pushes: ApplePushes, holders: Holders):
    apple.behaviour.goes_away_after, apple.behaviour.goaway_reason = 3, "BadCertificate"
    held = await holders.issue(*(a_token() for _ in range(5)))

    assert await pushes.deliver(held) == NotNow("sent-away BadCertificate")
    assert len(apple.arrived) == 3

    apple.behaviour.goes_away_after = None
    await asyncio.sleep(1.1)
    assert await pushes.deliver(held) == Delivered(5)
    assert len(apple.arrived) == 5


async def test_a_connection_that_is_cut_is_made_anew(apple: Any, pushes: ApplePushes, holders: Holders):
    held = await holders.issue(a_token())
    await pushes.deliver(held)
    for connection in list(apple.connections):
        connection.cut()
    await asyncio.sleep(0.1)

    assert await pushes.deliver(await holders.stamp(held)) == Delivered(1)
    assert apple.connected == 2


async def test_apple_stalling_is_not_waited_for_and_a_silent_connection_is_given_up(
    apple: Any, work: Work, holders: Holders, identities: WalletIdentities
):
    server = Http2(apple.url, context(identities), timeout_s=0.5)
    pushes = ApplePushes(work, server, PASS_TYPE_ID)
    held = await holders.issue(a_token())
    apple.behaviour.stalls = True

    assert await pushes.deliver(held) == NotNow("timed-out")
    apple.behaviour.stalls = False
    assert await pushes.deliver(held) == Delivered(1)

    assert apple.connected == 2
    await server.close()


async def test_apple_being_away_is_no_loss(work: Work, holders: Holders, identities: WalletIdentities):
    stand_in = ApplePushStandIn(identities)
    await stand_in.start()
    port = stand_in.port
    server = Http2(stand_in.url, context(identities), timeout_s=3)
    pushes = ApplePushes(work, server, PASS_TYPE_ID)
    held = await holders.issue(a_token())
    await stand_in.stop()

    assert isinstance(await pushes.deliver(held), NotNow)
    await stand_in.start(port)
    await asyncio.sleep(1.1)
    assert await pushes.deliver(held) == Delivered(1)

    await server.close()
    await stand_in.stop()


async def test_the_loop_delivers_through_it(apple: Any, pushes: ApplePushes, holders: Holders, work: Work):
    passes = [await holders.issue(a_token()) for _ in range(5)]
    loop = DeliveryLoop(work, pushes)
    running = asyncio.create_task(loop.run())

    async with asyncio.timeout(10):
        while len(apple.taken()) < 5:  # noqa: ASYNC110 - deliveries tell nobody when they are through
            await asyncio.sleep(0.05)
    await loop.close()
    await running

    async with work.read() as conn:
        for held in passes:
            delivery = (await store.deliveries_of(conn, held.card_id))["apple"]
            assert (delivery.status, delivery.devices) == ("current", 1)


# -- meanings


SENT = datetime(2026, 11, 20, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (200, b"", Told()),
        (400, b'{"reason": "BadDeviceToken"}', Refused("BadDeviceToken")),
        (400, b'{"reason": "DeviceTokenNotForTopic"}', Refused("DeviceTokenNotForTopic")),
        (400, b'{"reason": "BadTopic"}', Refused("BadTopic")),
        (403, b'{"reason": "Forbidden"}', Refused("Forbidden", refuses_us=True)),
        (403, b'{"reason": "BadCertificate"}', Later("BadCertificate", 60.0, refuses_us=True)),
        (403, b"", Later("status-403", 60.0, refuses_us=True)),
        (410, b'{"reason": "Unregistered", "timestamp": 1795168800000}', Gone(SENT, "Unregistered")),
        (410, b'{"reason": "Unregistered", "timestamp": 1e99}', Gone(SENT, "Unregistered")),
        (410, b'{"reason": "Unregistered", "timestamp": "x"}', Gone(SENT, "Unregistered")),
        (400, b'{"reason": "ExpiredToken"}', Gone(SENT, "ExpiredToken")),
        (413, b'{"reason": "PayloadTooLarge"}', Refused("PayloadTooLarge")),
        (429, b'{"reason": "TooManyRequests"}', Later("TooManyRequests", of_device=True)),
        (500, b'{"reason": "InternalServerError"}', Later("InternalServerError")),
        (503, b'{"reason": "Shutdown"}', Later("Shutdown")),
        (503, b"<html>", Later("status-503")),
        (500, b'{"reason": "a token: 9f86d0"}', Later("status-500")),
        (400, b"[1]", Refused("status-400")),
    ],
)
def test_an_answer_is_taken_by_its_meaning(status: int, body: bytes, said: Any):
    assert meaning(status, body, None, SENT) == said


def test_apple_may_ask_for_a_pause_but_not_for_ever():
    assert meaning(429, b"", "30", now()) == Later("status-429", 30.0)
    assert meaning(429, b"", "999999", now()) == Later("status-429", answers.LONGEST_ASKED_PAUSE_S)
    assert meaning(429, b"", "soon", now()) == Later("status-429", 0.0)


def test_a_pass_is_told_when_nobody_waits_any_more():
    gone = Gone(SENT + timedelta(days=1), "Unregistered")

    assert outcome([], 0) == Delivered(0, unasked=True)
    assert outcome([Told(), gone], 2) == Delivered(3)
    assert outcome([Told(), Refused("BadDeviceToken")], 0) == Delivered(1)
    assert outcome([Refused("BadDeviceToken")], 1) == Delivered(1)
    assert outcome([Refused("BadDeviceToken"), gone], 0) == Never("BadDeviceToken")
    assert outcome([Told(), Later("a", 3), Later("b", 7)], 0) == NotNow("a", 7)
