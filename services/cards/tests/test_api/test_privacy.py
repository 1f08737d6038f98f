"""A customer's data exported and erased over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest

from cards import archive
from cards.archive import Archive
from contracts.problem import UpstreamUnavailable
from kit.ids import uuid7

from .problems import CARDS, refused

Shop = Any
Call = Callable[..., Any]
#: What was told to the service of this person, and what it made of it.
PLANTED = ("Zenzefiliya", "Quarchmuller", "zenze@", "621987654", "1977-07-17", "zenzefiliya", "quarchmuller")
MEMBER = {
    "first_name": "Zenzefiliya",
    "last_name": "Quarchmuller",
    "email": "Zenze@example.com",
    "phone": "621987654",
    "birthday": "1977-07-17",
    "locale": "de",
    "marketing_consent": True,
}


class APeer:
    """Answers the pages that it was given; `down` does not answer, `slow` never does."""

    def __init__(self) -> None:
        self.pages: dict[str, Any] = {}
        self.down = self.slow = False

    async def get(self, path: str) -> Any:
        if self.down:
            raise UpstreamUnavailable
        if self.slow:
            await asyncio.sleep(60)
        return self.pages.get(path)


@pytest.fixture
def peers(service: Any) -> tuple[APeer, APeer]:
    """What is asked of ledger and wallet."""
    ledger, wallet = APeer(), APeer()
    asked: Any = (ledger, wallet)
    service.http.state.archive = Archive(*asked)
    return ledger, wallet


@pytest.fixture
async def member(shop: Shop, enrol: Call) -> Any:
    return (await enrol(shop.till(0), **MEMBER)).json()["card"]


async def erase(shop: Shop, card_id: str, headers: dict[str, str]) -> Any:
    return await shop.owner().post(f"{CARDS}/{card_id}/customer/erase", headers=headers)


async def everything(rows: Call) -> str:
    """All rows of all tables, as text; bytes as the text that they may be."""
    tables = await rows(
        "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    found = []
    for table in tables:
        for row in await rows(f'SELECT * FROM "{table.relname}"'):
            found += [
                bytes(v).decode("latin-1") if isinstance(v, (bytes, memoryview)) else str(v) for v in row
            ]
    return "\n".join(found)


async def test_an_erased_customer_is_in_no_table_and_in_no_event(
    shop: Shop, member: Any, fresh_key: Call, rows: Call
):
    before = await everything(rows)
    assert [text for text in PLANTED if text.lower() not in before.lower()] == []

    answer = await erase(shop, member["id"], fresh_key())

    assert answer.status_code == 202
    assert set(answer.json()) == {"customer_id", "erased_at"}
    after = await everything(rows)
    assert [text for text in PLANTED if text.lower() in after.lower()] == []
    assert member["id"] in after


async def test_the_card_is_gone_at_once_for_everyone(shop: Shop, enrol: Call, fresh_key: Call):
    made = (await enrol(shop.till(), **MEMBER)).json()
    card, path = made["card"], f"{CARDS}/{made['card']['id']}"
    await erase(shop, card["id"], fresh_key())
    till, owner = shop.till(), shop.owner()

    for asked in (
        till.get(path),
        owner.get(path),
        owner.get(f"{path}/customer"),
        owner.get(f"{path}/customer/export"),
        owner.delete(path),
        owner.post(f"{path}/link", headers=fresh_key()),
        owner.post(f"{path}/customer/erase", headers=fresh_key()),
        till.post(f"{CARDS}/lookup", json={"qr": card["qr_code"]}),
        till.post(f"{CARDS}/lookup", json={"email": MEMBER["email"]}),
        till.post(f"{CARDS}/lookup", json={"phone": MEMBER["phone"]}),
    ):
        assert refused(await asked) == (404, "card-not-found")
    for search in ("zenz", "zenze@example.com", "621987654", card["card_number"]):
        assert (await owner.get(CARDS, params={"search": search})).json()["items"] == []
    token = made["card_url"].rpartition("/")[2]
    hashed = sha256(token.encode()).hexdigest()
    shown = await shop.peer().post("/internal/cards/by-links", json={"tokens": [hashed]})
    assert shown.json() == {}


async def test_all_cards_of_the_person_are_told_as_erased_deleted_ones_too(
    shop: Shop, enrol: Call, fresh_key: Call, told: Call
):
    old = (await enrol(shop.till(), **MEMBER)).json()["card"]
    await shop.owner().delete(f"{CARDS}/{old['id']}")
    new = (await enrol(shop.till(), **MEMBER)).json()["card"]

    await erase(shop, new["id"], fresh_key())

    for card_id, versions in ((old["id"], [1, 2, 3]), (new["id"], [1, 2])):
        states = await told(card_id)
        assert [state["version"] for state in states] == versions
        assert states[-1]["erased_at"] is not None
        assert states[-1]["locale"] == "en"
    assert (await told(old["id"]))[-1]["deleted_at"] is not None


async def test_the_erased_person_joins_anew_as_a_new_customer(
    shop: Shop, member: Any, enrol: Call, fresh_key: Call, told: Call
):
    await erase(shop, member["id"], fresh_key())

    again = await enrol(shop.till(), **MEMBER)

    assert again.status_code == 201
    states = [(await told(card_id))[0] for card_id in (member["id"], again.json()["card"]["id"])]
    assert states[0]["customer_id"] != states[1]["customer_id"]
    assert states[1]["first_of_customer"] is True


async def test_answers_that_showed_the_person_have_expired_and_those_of_others_have_not(
    shop: Shop, fresh_key: Call
):
    till, kept = shop.till(), []
    other = {"first_name": "Ben", "last_name": "Thill", "email": "ben@example.com"}
    for body in (MEMBER, MEMBER, other):
        headers = fresh_key()
        kept.append((body, headers, await till.post(CARDS, json=body, headers=headers)))
    erasing = fresh_key()
    card_id = kept[0][2].json()["card"]["id"]
    first = await erase(shop, card_id, erasing)

    new, known, others = [await till.post(CARDS, json=body, headers=headers) for body, headers, _ in kept]

    assert refused(new) == refused(known) == (409, "idempotency-key-expired")
    assert others.json()["card"] == kept[2][2].json()["card"]
    replay = await erase(shop, card_id, erasing)
    assert (replay.status_code, replay.content) == (202, first.content)
    assert replay.headers["idempotency-replayed"] == "true"


async def test_ten_parallel_erasures_and_enrolments_leave_no_half_erased_person(
    shop: Shop, member: Any, enrol: Call, fresh_key: Call, rows: Call
):
    till = shop.till()

    answers = await asyncio.gather(
        *(erase(shop, member["id"], fresh_key()) for _ in range(5)),
        *(enrol(till, **MEMBER) for _ in range(5)),
    )

    assert sorted(answer.status_code for answer in answers[:5]) == [202] + [404] * 4
    assert {answer.status_code for answer in answers[5:]} <= {200, 201}
    people = await rows(
        "SELECT c.email, c.erased_at, count(a.key_hash) AS answers FROM customers c"
        " LEFT JOIN answers_about a ON a.customer_id = c.id WHERE c.merchant_id = :m GROUP BY c.id",
        m=shop.id,
    )
    assert all((person.email is None) == (person.erased_at is not None) for person in people)
    assert all(person.answers == 0 for person in people if person.erased_at is not None)


async def test_only_the_owner_erases_and_exports_and_erasing_needs_a_key(
    shop: Shop, open_shop: Call, member: Any, fresh_key: Call, peers: Any
):
    path = f"{CARDS}/{member['id']}/customer"

    for caller in (shop.till(), shop.manager()):
        assert refused(await caller.post(f"{path}/erase", headers=fresh_key())) == (403, "forbidden")
        assert refused(await caller.get(f"{path}/export")) == (403, "forbidden")
    assert refused(await shop.owner().post(f"{path}/erase")) == (400, "idempotency-key-missing")
    stranger = open_shop().owner()
    assert refused(await stranger.post(f"{path}/erase", headers=fresh_key())) == (404, "card-not-found")
    assert refused(await stranger.get(f"{path}/export")) == (404, "card-not-found")
    assert (await shop.owner().get(path)).status_code == 200


async def test_the_archive_holds_the_person_all_cards_and_what_ledger_and_wallet_keep(
    shop: Shop, enrol: Call, peers: Any
):
    ledger, wallet = peers
    old = (await enrol(shop.till(), **MEMBER)).json()["card"]["id"]
    await shop.owner().delete(f"{CARDS}/{old}")
    new = (await enrol(shop.till(), **MEMBER)).json()["card"]["id"]
    ledger.pages = {
        f"/internal/cards/{old}/transactions?after=0": {"items": [{"sequence": 1}], "next_after": 1},
        f"/internal/cards/{old}/transactions?after=1": {"items": [{"sequence": 2}], "next_after": None},
        f"/internal/cards/{new}/transactions?after=0": {"items": [{"notes": "oat milk"}], "next_after": None},
    }
    wallet.pages = {f"/internal/cards/{new}/passes": {"items": [{"platform": "apple"}], "next_cursor": None}}

    answer = await shop.owner().get(f"{CARDS}/{new}/customer/export")

    body = answer.json()
    assert answer.headers["content-disposition"].startswith('attachment; filename="customer-')
    shown = {**MEMBER, "phone": "+352621987654"}
    assert body["customer"].items() >= shown.items()
    assert [(card["id"], card["deleted_at"] is None) for card in body["cards"]] == [(old, False), (new, True)]
    assert body["transactions"] == [{"sequence": 1}, {"sequence": 2}, {"notes": "oat milk"}]
    assert body["passes"] == [{"card_id": new, "platform": "apple"}]
    assert body["missing"] == []


@pytest.mark.parametrize("fault", ["down", "slow"])
async def test_the_archive_says_which_part_is_missing(
    shop: Shop, member: Any, peers: Any, fault: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(archive, "WAIT_S", 0.2)
    ledger, _ = peers
    setattr(ledger, fault, True)

    body = (await shop.owner().get(f"{CARDS}/{member['id']}/customer/export")).json()

    assert body["transactions"] is None
    assert body["passes"] == []
    assert body["missing"] == [{"part": "transactions", "reason": "upstream-unavailable"}]


async def test_what_is_no_card_has_no_archive(shop: Shop, peers: Any):
    answer = await shop.owner().get(f"{CARDS}/{uuid7()}/customer/export")

    assert refused(answer) == (404, "card-not-found")
