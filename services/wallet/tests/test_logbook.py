"""The delivery log: what is written with each outcome, who reads it, how long it is kept."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
from sqlalchemy import text

from kit.app import Service
from kit.identity import Caller
from kit.ids import uuid7
from kit.testing import Keys, client
from kit.work import Work, open_engine
from wallet import commands, logbook, store
from wallet.delivery import DeliveryLoop, Ended
from wallet.domain import Delivered, Never, NotNow
from wallet.main import build
from wallet.settings import WalletSettings
from wallet.telling import LONGEST, plain

PATH = "/api/v1/vendor/loyalty/cards/{}/passes/log"
PUSH_TOKEN = "00fc13adff785122b4ad28809a3420982341241421348097878e577c991de8f0"


@pytest.fixture
async def card(work: Work, a_card: Any, a_transaction: Any) -> Any:
    """A card with three stamps whose pass is in an Apple Wallet."""
    made = a_card()
    async with work() as tx:
        await commands.note_cards(tx, [made])
        await commands.note_transactions(tx, [a_transaction(made, 3)])
        await commands.hand_out(tx, made.id, "apple")
    return made


async def attempts(work: Work, card: Any, limit: int = 100) -> list[Any]:
    async with work.read() as conn:
        return list(await store.attempts(conn, card.id, None, limit))


async def deliver(work: Work, provider: Any, *outcomes: Any) -> None:
    """One attempt for each outcome, whatever became of those before."""
    loop = DeliveryLoop(work, provider)
    for outcome in outcomes:
        async with work() as tx:
            await tx.conn.execute(
                text("UPDATE deliveries SET status = 'behind', behind_since = now(), next_try_at = now()")
            )
        (claimed,) = await loop.claim(1)
        await loop.record([Ended(claimed, outcome, 84)])


async def test_each_attempt_is_written_down_with_what_was_answered(work: Work, provider: Any, card: Any):
    await deliver(
        work,
        provider,
        NotNow("InternalServerError", answer="500 InternalServerError"),
        Never("BadDeviceToken"),
        Delivered(devices=2, answer="200"),
    )

    written = await attempts(work, card)

    assert [(one.outcome, one.answer, one.devices) for one in written] == [
        ("delivered", "200", 2),
        ("never", "BadDeviceToken", 0),
        ("not-now", "500 InternalServerError", 0),
    ]
    assert {(one.platform, one.sequence, one.took_ms) for one in written} == {("apple", 3, 84)}
    assert {one.revision for one in written} == {2}


async def test_an_attempt_whose_claim_ran_out_is_written_down_too_but_decides_nothing(
    work: Work, provider: Any, card: Any
):
    late, quick = DeliveryLoop(work, provider, lease_s=0.01), DeliveryLoop(work, provider)
    (lost,) = await late.claim(1)
    await asyncio.sleep(0.05)
    (held,) = await quick.claim(1)

    await late.record([Ended(lost, Never("late"))])
    await quick.record([Ended(held, Delivered())])

    assert [one.outcome for one in await attempts(work, card)] == ["delivered", "never"]
    async with work.read() as conn:
        assert (await store.deliveries_of(conn, card.id))["apple"].status == "current"


async def test_the_loop_measures_how_long_the_platform_took(work: Work, provider: Any, card: Any):
    provider.may_go_on.clear()
    loop = DeliveryLoop(work, provider)
    task = asyncio.create_task(loop.run())
    await provider.began.wait()
    await asyncio.sleep(0.2)
    provider.may_go_on.set()
    await loop.close()
    await task

    (written,) = await attempts(work, card)
    assert 200 <= written.took_ms < 5000


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("410 Unregistered", "410 Unregistered"),
        ("DeviceTokenNotForTopic", "DeviceTokenNotForTopic"),
        (f"400 BadDeviceToken {PUSH_TOKEN}", "400 BadDeviceToken (masked)"),
        ("no such card of anna.muller@punchcard.example", "no such card of (masked)"),
        ("account 482100771930 unknown", "account (masked) unknown"),
        ("line\r\none\x00\u202e<script>", "line one script"),
        (None, None),
    ],
)
def test_what_a_platform_says_is_told_without_tokens_numbers_and_addresses(answer: Any, told: Any):
    assert plain(answer) == told


def test_what_a_platform_says_is_told_in_one_line_that_has_an_end():
    assert len(plain("no " * 1_000_000) or "") <= LONGEST


# -- how long


def partitions(url: str) -> list[str]:
    with psycopg.connect(url) as connection:
        rows = connection.execute(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid"
            " WHERE i.inhparent = 'delivery_log'::regclass ORDER BY 1"
        ).fetchall()
    return [name for (name,) in rows]


async def test_days_are_dropped_after_thirty_and_made_in_time_by_any_of_several_replicas(database: Any):
    urls = database.fresh("wallet")
    with psycopg.connect(urls.owner_url) as connection:
        for days in (31, 30, 29):
            connection.execute(
                f"""DO $$ DECLARE d date = (now() AT TIME ZONE 'UTC')::date - {days}; BEGIN
                EXECUTE format('CREATE TABLE %I PARTITION OF delivery_log FOR VALUES FROM (%L) TO (%L)',
                'delivery_log_' || to_char(d, 'YYYYMMDD'), d, d + 1); END $$"""
            )
        connection.execute(
            "DO $$ BEGIN EXECUTE 'DROP TABLE delivery_log_' ||"
            " to_char((now() AT TIME ZONE 'UTC')::date + 7, 'YYYYMMDD'); END $$"
        )
    before = partitions(urls.superuser_url)
    engine = open_engine(urls.app_url, 4)
    work = Work(engine, "wallet")

    await asyncio.gather(*(logbook.keep(work) for _ in range(4)))
    await logbook.keep(work)
    await engine.dispose()

    after = partitions(urls.superuser_url)
    assert len(before) == 10
    assert len(after) == 10, "thirty days ago to seven ahead, those between never needed"
    assert after[0] == before[1]


# -- who reads it


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


@pytest.fixture
async def service(database: Any, keys: Keys) -> AsyncIterator[Service]:
    made = build(WalletSettings.load(**keys.settings("wallet", database.fresh("wallet").app_url)))
    yield made
    await made.engine.dispose()


@pytest.fixture
async def http(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with client(service.app) as asking:
        yield asking


async def test_an_owner_pages_through_the_log_and_meets_each_attempt_once(
    service: Service, http: Any, keys: Keys, provider: Any, a_card: Any
):
    card = a_card()
    async with service.work() as tx:
        await commands.note_cards(tx, [card])
        await commands.hand_out(tx, card.id, "apple")
    await deliver(service.work, provider, *(NotNow(f"fault {n}") for n in range(7)))
    owner = keys.bearer(Caller("owner", card.merchant_id))

    met, cursor = [], ""
    while cursor is not None:
        answer = await http.get(
            f"{PATH.format(card.id)}?limit=3{cursor and f'&cursor={cursor}'}", headers=owner
        )
        assert answer.status_code == 200
        met += [item["answer"] for item in answer.json()["items"]]
        cursor = answer.json()["next_cursor"]

    assert met == [f"fault {n}" for n in reversed(range(7))]


async def test_who_may_read_the_log(service: Service, http: Any, keys: Keys, a_card: Any):
    card = a_card()
    async with service.work() as tx:
        await commands.note_cards(tx, [card])
    statuses = {
        role: (
            await http.get(PATH.format(card.id), headers=keys.bearer(Caller(role, card.merchant_id)))
        ).status_code
        for role in ("owner", "manager", "terminal", "admin", "public", "service")
    }
    foreign = await http.get(PATH.format(card.id), headers=keys.bearer(Caller("owner", uuid7())))
    owner = keys.bearer(Caller("owner", card.merchant_id))

    assert statuses == {
        "owner": 200, "manager": 200, "terminal": 403, "admin": 403, "public": 403, "service": 403,
    }  # fmt: skip
    assert (foreign.status_code, foreign.json()["code"]) == (404, "card-not-found")
    for bad in ("limit=0", "limit=101", "cursor=%00", "cursor=AAAA"):
        assert (await http.get(f"{PATH.format(card.id)}?{bad}", headers=owner)).status_code == 422
