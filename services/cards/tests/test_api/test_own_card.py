"""What whoever has a card's link is shown: the card as it stands, its history, and when there is nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from cards import ledger
from cards.ledger import Ledger
from contracts.problem import UpstreamUnavailable
from kit.ids import now

from .problems import CARDS, refused, wrong_fields

Shop = Any
Call = Callable[..., Any]
OWN = "/api/v1/loyalty/cards"
VIEW = {
    "status": "active",
    "stamp_count": 7,
    "stamps_target": 10,
    "total_stamps_earned": 17,
    "stamps_redeemed": 1,
    "points_balance": 340,
    "total_points_earned": 640,
    "points_redeemed": 300,
    "tier": {"name": "silver", "multiplier_percent": 125, "next": {"name": "gold", "points_to_go": 60}},
    "can_stamp": True,
    "next_stamp_available_at": None,
    "stamps_today": 0,
    "stamps_remaining_today": None,
    "can_redeem_stamps": False,
    "available_rewards": [
        {"id": "0197c1c2-7b1a-7e11-9d5c-3a8c6f1f0a01", "name": "Mug", "points_required": 100}
    ],
}


class ALedger:
    """Answers views and histories; `down` does not answer, `slow` never does."""

    def __init__(self) -> None:
        self.views: dict[str, Any] = {}
        self.pages: dict[str, Any] = {}
        self.asked: list[str] = []
        self.down = self.slow = False

    async def post(self, path: str, body: Any) -> Any:
        assert path == "/internal/card-views"
        await self._answer()
        self.asked.append(body["merchant_id"])
        return {"views": {card: self.views[card] for card in body["card_ids"] if card in self.views}}

    async def get(self, path: str) -> Any:
        await self._answer()
        self.asked.append(path)
        return self.pages.get(path)

    async def _answer(self) -> None:
        if self.down:
            raise UpstreamUnavailable
        if self.slow:
            await asyncio.sleep(60)


@pytest.fixture
def the_ledger(service: Any) -> ALedger:
    made = ALedger()
    service.http.state.ledger = Ledger(made)  # type: ignore[arg-type]
    return made


@pytest.fixture
async def member(shop: Shop, enrol: Call, the_ledger: ALedger) -> Any:
    """A card with its `token`."""
    await shop.terms(0)
    await shop.terms(1)
    answer = await enrol(shop.till(), email="ana@example.com", locale="de")
    card = answer.json()["card"]
    the_ledger.views[card["id"]] = VIEW
    return {**card, "token": answer.json()["card_url"].rpartition("/")[2]}


async def test_the_link_shows_the_card_its_balances_program_and_stores(shop: Shop, member: Any):
    answer = await shop.anyone().get(f"{OWN}/{member['token']}")

    assert answer.status_code == 200
    body = answer.json()
    for same in ("card_number", "qr_code", "status", "created_at"):
        assert body[same] == member[same]
    assert (body["first_name"], body["locale"]) == ("Ana", "de")
    assert (body["stamp_count"], body["stamps_target"], body["stamps_until_reward"]) == (7, 10, 3)
    assert (body["points_balance"], body["tier"]["next"]["points_to_go"]) == (340, 60)
    assert body["available_rewards"] == [{"name": "Mug", "points_required": 100}]
    assert body["merchant"]["name"] == "Café Grund"
    assert (body["program"]["card_name"], body["program"]["card_color"]) == ("Loyalty Card", "#4F46E5")
    assert [one["name"] for one in body["stores"]] == ["Belair", "Grund"]
    assert answer.headers["cache-control"] == "no-store"


async def test_it_tells_no_more_than_that(shop: Shop, member: Any):
    text = (await shop.anyone().get(f"{OWN}/{member['token']}")).text

    for hidden in (member["id"], str(shop.id), str(shop.stores[0].id), "Weber", "example.com"):
        assert hidden not in text


async def test_a_card_of_one_store_names_that_store(shop: Shop, enrol: Call, the_ledger: ALedger):
    await shop.terms(0)
    await shop.terms(1)
    await shop.separate_stores()
    answer = (await enrol(shop.till(1), email="ben@example.com")).json()
    the_ledger.views[answer["card"]["id"]] = {**VIEW, "status": "inactive"}

    body = (await shop.anyone().get(f"{OWN}/{answer['card_url'].rpartition('/')[2]}")).json()

    assert [one["name"] for one in body["stores"]] == ["Grund"]
    assert body["status"] == "inactive"


async def test_history_is_shown_newest_first_with_the_names_of_stores(
    shop: Shop, member: Any, the_ledger: ALedger
):
    row = {
        "type": "stamp_earned",
        "store_id": str(shop.stores[1].id),
        "stamps_delta": 1,
        "points_delta": 0,
        "stamps_balance_after": 1,
        "points_balance_after": 0,
        "reward_description": None,
        "transaction_at": "2026-11-20T10:00:00.000000Z",
    }
    first = {**row, "type": "card_created", "store_id": None, "stamps_delta": 0}
    asked = f"/internal/cards/{member['id']}/history?merchant_id={shop.id}&limit=1"
    the_ledger.pages[asked] = {"items": [row], "next_cursor": "AAAAAAAAAAI"}
    the_ledger.pages[f"{asked}&cursor=AAAAAAAAAAI"] = {"items": [first], "next_cursor": None}
    path = f"{OWN}/{member['token']}/transactions"
    await shop.change(shop.stores[1], deleted_at=now())

    page = (await shop.anyone().get(path, params={"limit": 1})).json()
    rest = (await shop.anyone().get(path, params={"limit": 1, "cursor": page["next_cursor"]})).json()

    (shown,) = page["items"]
    assert shown == {**{k: v for k, v in row.items() if k != "store_id"}, "store_name": "Grund"}
    assert (rest["items"][0]["type"], rest["items"][0]["store_name"]) == ("card_created", None)
    assert rest["next_cursor"] is None


@pytest.mark.parametrize("params", [{"limit": 0}, {"limit": 101}, {"cursor": "no"}])
async def test_a_page_that_cannot_be_is_told(shop: Shop, member: Any, params: dict[str, Any]):
    answer = await shop.anyone().get(f"{OWN}/{member['token']}/transactions", params=params)

    assert {field for field, _ in wrong_fields(answer)} == set(params)


async def test_a_link_that_shows_nothing_is_answered_alike_whatever_the_reason(
    shop: Shop, open_shop: Call, enrol: Call, fresh_key: Call, the_ledger: ALedger
):
    async def token_of(one: Shop, email: str) -> tuple[str, str]:
        made = (await enrol(one.till(), email=email)).json()
        the_ledger.views[made["card"]["id"]] = VIEW
        return made["card_url"].rpartition("/")[2], made["card"]["id"]

    ended, card = await token_of(shop, "ended@example.com")
    await shop.owner().post(f"{CARDS}/{card}/link", headers=fresh_key())
    deleted, card = await token_of(shop, "deleted@example.com")
    await shop.owner().delete(f"{CARDS}/{card}")
    erased, card = await token_of(shop, "erased@example.com")
    await shop.owner().post(f"{CARDS}/{card}/customer/erase", headers=fresh_key())
    no_program, no_merchant = open_shop(), open_shop()
    program_gone, _ = await token_of(no_program, "a@example.com")
    await no_program.change(no_program.program, deleted_at=now())
    merchant_gone, _ = await token_of(no_merchant, "a@example.com")
    await no_merchant.change(no_merchant.merchant, deleted_at=now())

    tokens = (ended, deleted, erased, program_gone, merchant_gone, "x" * 43, "%F0%9F", "a%00b")
    asker = shop.anyone()
    answers = [await asker.get(f"{OWN}/{token}{more}") for token in tokens for more in ("", "/transactions")]

    assert {refused(answer) for answer in answers} == {(404, "card-not-found")}
    assert len({answer.json()["detail"] for answer in answers}) == 1


async def test_a_restored_card_is_shown_by_its_link_again(shop: Shop, member: Any, rows: Call):
    await shop.owner().delete(f"{CARDS}/{member['id']}")
    await rows("UPDATE cards SET deleted_at = NULL, deletion_id = NULL WHERE id = :id", id=member["id"])

    assert (await shop.anyone().get(f"{OWN}/{member['token']}")).status_code == 200


async def test_without_the_ledger_there_is_no_half_a_card(
    shop: Shop, member: Any, the_ledger: ALedger, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(ledger, "WAIT_S", 0.05)
    path, asker = f"{OWN}/{member['token']}", shop.anyone()

    the_ledger.slow = True
    slow = await asker.get(path)
    the_ledger.slow, the_ledger.down = False, True
    down = [await asker.get(path), await asker.get(f"{path}/transactions")]
    the_ledger.down, the_ledger.views = False, {}
    unopened = await asker.get(path)

    for answer in (slow, *down, unopened):
        assert refused(answer) == (503, "upstream-unavailable")


async def test_the_token_is_in_no_log_line(
    shop: Shop,
    service: Any,
    member: Any,
    the_ledger: ALedger,
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
):
    asker = shop.anyone()
    await asker.get(f"{OWN}/{member['token']}")
    await asker.get(f"{OWN}/{member['token']}/transactions")
    await asker.get(f"{OWN}/{member['token']}/nothing")
    the_ledger.views[member["id"]] = {**VIEW, "points_balance": "broken"}
    failed = await asker.get(f"{OWN}/{member['token']}")

    service.lines.flush()
    written = capsys.readouterr()
    assert failed.status_code == 500
    assert "a request failed" in caplog.text
    assert "/api/v1/loyalty/cards/{link_token}" in written.out
    assert member["token"] not in written.out + written.err + caplog.text
