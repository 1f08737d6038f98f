"""The wallet's routes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.problem import UpstreamUnavailable
from kit.app import Service, openapi_of
from kit.http import Peer
from kit.identity import Caller
from kit.ids import now, uuid7
from kit.testing import Keys, client
from wallet import commands
from wallet.main import build
from wallet.settings import WalletSettings

PATH = "/api/v1/vendor/loyalty/cards/{}/passes"


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


@pytest.fixture
def known_to_cards(monkeypatch: pytest.MonkeyPatch) -> dict[Any, Any]:
    """What the cards service answers, by card id."""
    states: dict[Any, Any] = {}

    async def state(self: Peer, kind: str, card_id: Any) -> Any:
        assert kind == "card"
        if states.get(card_id) == "down":
            raise UpstreamUnavailable("cards cannot be reached")
        return states.get(card_id)

    monkeypatch.setattr(Peer, "state", state)
    return states


@pytest.fixture
async def service(database: Any, keys: Keys, known_to_cards: Any) -> AsyncIterator[Service]:
    settings = WalletSettings.load(**keys.settings("wallet", database("wallet").app_url))
    service = build(settings)
    yield service
    await service.engine.dispose()


@pytest.fixture
async def http(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with client(service.app) as asking:
        yield asking


def till(keys: Keys, merchant: Any) -> dict[str, str]:
    return keys.bearer(Caller("terminal", merchant, uuid7(), uuid7()))


async def note(service: Service, card: Any, *transactions: Any) -> None:
    async with service.work() as tx:
        await commands.note_cards(tx, [card])
        await commands.note_transactions(tx, transactions)


async def test_a_card_has_one_item_a_platform_and_says_that_no_wallet_is_configured(
    service: Service, http: Any, keys: Keys, a_card: Any, a_transaction: Any
):
    card = a_card()
    await note(service, card, a_transaction(card, 1), a_transaction(card, 2))

    answer = await http.get(PATH.format(card.id), headers=till(keys, card.merchant_id))

    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    body = answer.json()
    assert body["next_cursor"] is None
    serials = {item.pop("serial_number") for item in body["items"]}
    assert len(serials) == 1
    rest = {
        "status": "behind",
        "sequence_shown": 0,
        "sequence_wanted": 2,
        "devices": 0,
        "last_delivered_at": None,
        "last_error": "wallet-not-available",
    }
    assert body["items"] == [{"platform": "apple", **rest}, {"platform": "google", **rest}]


async def test_a_pass_that_was_handed_out_says_what_it_shows(
    service: Service, http: Any, keys: Keys, a_card: Any, a_transaction: Any
):
    card = a_card()
    await note(service, card, a_transaction(card, 1))
    async with service.work() as tx:
        await commands.hand_out(tx, card.id, "google")

    answer = await http.get(PATH.format(card.id), headers=till(keys, card.merchant_id))

    (google,) = [item for item in answer.json()["items"] if item["platform"] == "google"]
    assert (google["status"], google["last_error"], google["sequence_wanted"]) == ("behind", None, 1)


async def test_a_deleted_card_s_passes_are_removed(service: Service, http: Any, keys: Keys, a_card: Any):
    card = a_card(deleted_at=now())
    await note(service, card)

    answer = await http.get(PATH.format(card.id), headers=till(keys, card.merchant_id))

    assert {item["status"] for item in answer.json()["items"]} == {"removed"}


async def test_a_card_that_was_not_heard_of_yet_is_asked_for(
    http: Any, keys: Keys, a_card: Any, known_to_cards: dict[Any, Any]
):
    card = a_card()
    known_to_cards[card.id] = card.model_dump(mode="json")

    answer = await http.get(PATH.format(card.id), headers=till(keys, card.merchant_id))

    assert answer.status_code == 200
    assert {item["sequence_wanted"] for item in answer.json()["items"]} == {0}


async def test_another_merchant_s_card_is_answered_byte_for_byte_as_one_that_does_not_exist(
    service: Service, http: Any, keys: Keys, a_card: Any
):
    card = a_card()
    await note(service, card)
    stranger = {**till(keys, uuid7()), "x-request-id": "the-same-one"}
    unknown = str(uuid7())

    foreign = await http.get(PATH.format(card.id), headers=stranger)
    missing = await http.get(PATH.format(unknown), headers=stranger)

    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json()["code"] == "card-not-found"
    assert foreign.content.replace(str(card.id).encode(), unknown.encode()) == missing.content


async def test_a_card_that_nobody_can_be_asked_for_is_a_503_that_may_be_tried_again(
    http: Any, keys: Keys, known_to_cards: dict[Any, Any]
):
    card_id = uuid7()
    known_to_cards[card_id] = "down"

    answer = await http.get(PATH.format(card_id), headers=till(keys, uuid7()))

    assert (answer.status_code, answer.json()["code"]) == (503, "upstream-unavailable")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize("bad", ["not-a-card", "0", "%00", "0" * 5000])
async def test_an_id_that_is_none_is_a_problem_and_never_a_fault_of_ours(http: Any, keys: Keys, bad: str):
    answer = await http.get(PATH.format(bad), headers=till(keys, uuid7()))

    assert (answer.status_code, answer.json()["code"]) == (422, "validation-failed")


async def test_who_may_ask(http: Any, keys: Keys):
    path, internal = PATH.format(uuid7()), f"/internal/passes/{uuid7()}"
    merchant = uuid7()
    allowed = {
        role: (await http.get(path, headers=keys.bearer(Caller(role, merchant)))).status_code
        for role in ("terminal", "owner", "manager", "admin", "public", "service")
    }
    inside = {
        role: (await http.get(internal, headers=keys.bearer(Caller(role, merchant)))).status_code
        for role in ("terminal", "owner", "manager", "admin", "public", "service")
    }

    assert allowed == {
        "terminal": 404,
        "owner": 404,
        "manager": 404,
        "admin": 403,
        "public": 403,
        "service": 403,
    }
    assert inside == {
        "terminal": 403,
        "owner": 403,
        "manager": 403,
        "admin": 403,
        "public": 403,
        "service": 404,
    }
    assert (await http.get(path)).status_code == 401


async def test_other_services_read_a_pass_whole_but_never_its_token(
    service: Service, http: Any, keys: Keys, a_card: Any, a_transaction: Any
):
    card = a_card()
    await note(
        service, card, a_transaction(card, 4, points_balance=120, total_points_earned=150, points_redeemed=30)
    )

    answer = await http.get(
        f"/internal/passes/{card.id}", headers=keys.bearer(Caller("service", service="gateway"))
    )

    body = answer.json()
    assert (body["sequence"], body["stamp_count"], body["points_balance"]) == (4, 4, 120)
    assert (body["total_points_earned"], body["points_redeemed"]) == (150, 30)
    assert body["hash"] == f"{4:064x}"
    assert "authentication_token" not in body


def test_the_document_tells_who_may_call_and_keeps_internal_routes_to_itself(service: Service):
    document = openapi_of(service)

    assert PATH.format("{card_id}") in document["paths"]
    assert all(path.startswith("/api/v1/") for path in document["paths"])
    operation = document["paths"][PATH.format("{card_id}")]["get"]
    assert operation["operationId"] == "listPasses"
    assert operation["x-callers"] == ["terminal", "owner", "manager"]
