"""The pass by a card's link."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import text

from kit.app import Service
from kit.http import Peer
from kit.identity import Caller
from kit.ids import now, uuid7
from kit.testing import Keys, client
from punchcard.embedded.wallet_identities import WalletIdentities
from wallet import commands, links, store
from wallet.apple import download
from wallet.apple.checker import faults_of
from wallet.main import build
from wallet.settings import WalletSettings

from .pass_making import AT, a_merchant, a_program

TOKEN = "qmbQx0Ykq1zE4o"
PATH = f"/api/v1/loyalty/cards/{TOKEN}/pass.pkpass"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


@pytest.fixture
def others(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the other services answer, by path; and how often each was asked."""
    states: dict[str, Any] = {"asked": []}

    async def get(self: Peer, path: str) -> Mapping[str, Any] | None:
        states["asked"].append(path)
        found: Mapping[str, Any] | None = states.get(path)
        return found

    async def post(self: Peer, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        states["asked"].append(path)
        return {token: states[token]["id"] for token in body["tokens"] if token in states}

    monkeypatch.setattr(Peer, "get", get)
    monkeypatch.setattr(Peer, "post", post)
    return states


def wired(database: Any, keys: Keys, **more: Any) -> Service:
    return build(WalletSettings.load(**keys.settings("wallet", database("wallet").app_url, **more)))


@pytest.fixture
async def service(database: Any, keys: Keys, identities: WalletIdentities) -> AsyncIterator[Service]:
    service = wired(
        database,
        keys,
        apple_pass_certificate=identities.pass_certificate.read_text(),
        apple_pass_key=identities.pass_key.read_text(),
        apple_wwdr_certificate=identities.authority.read_text(),
    )
    yield service
    await service.engine.dispose()


@pytest.fixture
def shop(others: dict[str, Any], a_card: Any) -> Any:
    """A card with a link, in a program of its own."""
    merchant = a_merchant(id=uuid7())
    program = a_program(id=uuid7(), merchant_id=merchant.id)
    card = a_card(merchant_id=merchant.id, program_id=program.id)
    states = {hashlib.sha256(TOKEN.encode()).hexdigest(): card}
    states |= {f"/internal/states/{one.kind}/{one.id}": one for one in (card, merchant, program)}
    others |= {path: one.model_dump(mode="json") for path, one in states.items()}
    return card


async def ask(service: Service, keys: Keys, path: str = PATH) -> httpx.Response:
    async with client(service.app, keys.bearer(Caller("public"))) as asking:
        return await asking.get(path)


async def handed_out(service: Service, card_id: UUID) -> list[str]:
    async with service.work.read() as conn:
        rows = await conn.execute(
            text("SELECT platform FROM deliveries WHERE card_id = :id"), {"id": card_id}
        )
        return [row.platform for row in rows]


async def test_a_link_gives_the_card_as_a_pass_and_from_then_on_it_is_delivered(
    service: Service, keys: Keys, shop: Any
):
    answer = await ask(service, keys)

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/vnd.apple.pkpass"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"] == 'attachment; filename="loyalty-card.pkpass"'
    assert faults_of(answer.content) == []
    assert await handed_out(service, shop.id) == ["apple"]


async def test_only_the_gateway_for_everyone_gets_a_pass(service: Service, keys: Keys, shop: Any):
    async with client(service.app, keys.bearer(Caller("owner", merchant_id=shop.merchant_id))) as asking:
        owner = await asking.get(PATH)
    async with client(service.app, {}) as asking:
        nobody = await asking.get(PATH)

    assert (owner.status_code, owner.json()["code"]) == (403, "forbidden")
    assert (nobody.status_code, nobody.json()["code"]) == (401, "unauthenticated")
    assert await handed_out(service, shop.id) == []


async def shown(service: Service, card_id: UUID) -> Any:
    async with service.work.read() as conn:
        query = "SELECT status, sequence_shown FROM deliveries WHERE card_id = :id"
        return tuple((await conn.execute(text(query), {"id": card_id})).one())


async def test_a_pass_that_was_just_handed_over_need_not_be_delivered(
    service: Service, keys: Keys, shop: Any, a_transaction: Any
):
    async with service.work() as tx:
        await commands.note_transactions(tx, [a_transaction(shop, 4)])

    await ask(service, keys)

    assert await shown(service, shop.id) == ("current", 4)


async def test_a_pass_that_somebody_holds_fails_alone(
    service: Service, keys: Keys, shop: Any, others: dict[str, Any], a_card: Any, monkeypatch: Any
):
    monkeypatch.setattr(download, "HELD_S", 1.0)
    other = a_card(merchant_id=shop.merchant_id, program_id=shop.program_id, card_number="482100771931")
    state = other.model_dump(mode="json")
    others |= {hashlib.sha256(b"other").hexdigest(): state, f"/internal/states/card/{other.id}": state}
    async with service.work() as tx:
        await commands.note_cards(tx, [shop, other])

    async with service.work() as tx:
        await tx.conn.execute(text("SELECT FROM passes WHERE card_id = :id FOR UPDATE"), {"id": shop.id})
        held, free = await asyncio.gather(
            ask(service, keys), ask(service, keys, PATH.replace(TOKEN, "other"))
        )
    afterwards = await ask(service, keys)

    assert (held.status_code, held.json()["code"]) == (503, "upstream-unavailable")
    assert free.status_code == 200
    assert afterwards.status_code == 200
    assert await handed_out(service, shop.id) == await handed_out(service, other.id) == ["apple"]


async def test_a_pass_that_somebody_holds_for_a_moment_is_waited_for(
    service: Service, keys: Keys, shop: Any, a_transaction: Any
):
    async with service.work() as tx:
        await commands.note_cards(tx, [shop])

    async with service.work() as tx:
        await commands.note_transactions(tx, [a_transaction(shop, 1)])
        asked = asyncio.create_task(ask(service, keys))
        await asyncio.sleep(0.3)
        assert not asked.done()
    answer = await asked

    assert answer.status_code == 200
    assert await shown(service, shop.id) == ("behind", 0), "the file is older than the stamp"


async def test_what_was_handed_over_is_no_delivery_that_the_log_would_have_to_hold(
    service: Service, keys: Keys, shop: Any
):
    await ask(service, keys)

    # `punchcard verify` looks for every delivery in the log.
    async with service.work.read() as conn:
        query = text("SELECT status, last_delivered_at FROM deliveries WHERE card_id = :id")
        assert (await conn.execute(query, {"id": shop.id})).one() == ("current", None)


async def test_a_change_between_the_file_and_its_handing_over_is_not_lost(
    service: Service, keys: Keys, shop: Any, a_transaction: Any
):
    """The change has its pass, and is not committed yet, when the file of the state before is handed over."""
    async with service.work() as tx:
        await commands.note_cards(tx, [shop])
        before = await store.find(tx.conn, shop.id)
    assert before is not None

    async with service.work() as tx:
        await commands.note_transactions(tx, [a_transaction(shop, 1)])
        async with service.work.read() as conn:
            assert await store.hand_over(conn, [(shop.id, before.revision)]) == set(), "it comes back"
            await tx.conn.commit()
            assert await store.hand_over(conn, [(shop.id, before.revision)]) == {shop.id}

    assert await shown(service, shop.id) == ("behind", 0)


async def test_a_pass_shows_what_was_heard_last(service: Service, keys: Keys, shop: Any, a_transaction: Any):
    await ask(service, keys)
    async with service.work() as tx:
        await commands.note_transactions(tx, [a_transaction(shop, 3)])

    answer = await ask(service, keys)

    assert b'"3 / 10"' in answer.content


async def test_a_card_that_only_the_ledger_told_of_is_asked_for(
    service: Service, keys: Keys, shop: Any, a_transaction: Any
):
    async with service.work() as tx:
        await commands.note_transactions(tx, [a_transaction(shop, 4)])

    answer = await ask(service, keys)

    assert b"4821-0077-1930" in answer.content
    assert b'"4 / 10"' in answer.content


async def test_a_link_is_asked_of_cards_once_a_moment(
    service: Service, keys: Keys, shop: Any, others: dict[str, Any], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(links, "REMEMBERED_S", 60.0)  # a moment, also where three downloads take long
    for _ in range(3):
        assert (await ask(service, keys)).status_code == 200

    assert len([path for path in others["asked"] if "by-link" in path]) == 1


async def test_a_link_of_nothing_and_a_card_that_ended_are_answered_alike(
    service: Service, keys: Keys, shop: Any
):
    nothing = await ask(service, keys, PATH.replace(TOKEN, "other"))
    async with service.work() as tx:
        await commands.note_cards(tx, [shop.model_copy(update={"version": 2, "deleted_at": now()})])
    ended = await ask(service, keys)

    for answer in (nothing, ended):
        assert (answer.status_code, answer.json()["code"]) == (404, "card-not-found")
    assert nothing.json()["detail"] == ended.json()["detail"]
    assert await handed_out(service, shop.id) == []


@pytest.mark.parametrize("kind", ["merchant", "program"])
async def test_what_belongs_to_a_deleted_merchant_or_program_has_no_pass(
    service: Service, keys: Keys, shop: Any, others: dict[str, Any], kind: str
):
    place = next(path for path in others if f"/states/{kind}/" in path)
    others[place] = {**others[place], "deleted_at": AT.isoformat()}

    answer = await ask(service, keys)

    assert (answer.status_code, answer.json()["code"]) == (404, "card-not-found")


async def test_without_an_identity_the_wallet_is_not_available(database: Any, keys: Keys, shop: Any):
    service = wired(database, keys)

    answer = await ask(service, keys)

    assert (answer.status_code, answer.json()["code"]) == (404, "wallet-not-available")
    await service.engine.dispose()


async def test_an_identity_that_does_not_fit_together_ends_the_start_with_its_reason(
    database: Any, keys: Keys, identities: WalletIdentities, capsys: pytest.CaptureFixture[str]
):
    with pytest.raises(SystemExit):
        wired(
            database,
            keys,
            apple_pass_certificate=identities.pass_certificate.read_text(),
            apple_pass_key=identities.push_key.read_text(),
            apple_wwdr_certificate=identities.authority.read_text(),
        )

    assert "the key is not the key of the pass certificate" in capsys.readouterr().err
