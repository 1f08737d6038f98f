"""Plays the demo through the public API, and writes down what it made. Running it again changes nothing."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import httpx

from punchcard.demo.api import Api
from punchcard.demo.cast import SEED, Member, Merchant, cast

#: Members that are served at the same time; one member's steps follow one another.
AT_ONCE = 8

Progress = Callable[[int, int], None]


def is_seeded(gateway: str, path: Path) -> bool:
    """Whether the demo that the file tells of is the one this platform holds."""
    demo = load(path)
    if demo is None:
        return False
    merchant = demo["merchants"][-1]
    key = merchant["stores"][0]["terminals"][0]["api_key"]
    asked = {"qr": merchant["cards"][-1]["qr"]}
    url = f"{gateway}/api/v1/vendor/loyalty/cards/lookup"
    return httpx.post(url, json=asked, headers={"authorization": f"Bearer {key}"}).status_code == 200


def load(path: Path) -> dict[str, Any] | None:
    """What var/demo.json holds; None when there is none, or none that is whole."""
    try:
        demo = json.loads(path.read_text())
        whole = bool(demo["gateway"]) and all(row["cards"] for row in demo["merchants"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return demo if whole else None


def seed(
    gateway: str,
    admin: tuple[str, str],
    path: Path,
    *,
    public_base_url: str | None = None,
    progress: Progress = lambda done, total: None,
    merchants: Sequence[Merchant] | None = None,
    seed_number: int = SEED,
) -> dict[str, Any]:
    """Make the demo and write `path`. Every step has its key: after a break it goes on where it was."""
    wanted = cast(seed_number) if merchants is None else list(merchants)
    rows = asyncio.run(_seed(gateway, admin, wanted, progress, f"demo-{seed_number}"))
    who = {"email": admin[0], "password": admin[1]}
    demo = {"gateway": public_base_url or gateway, "admin": who, "merchants": rows}
    keep(path, demo)
    return demo


def keep(path: Path, demo: dict[str, Any]) -> None:
    """Whole or not at all, and for its owner only."""
    fresh = path.with_suffix(".new")
    fresh.touch(mode=0o600)
    fresh.write_text(json.dumps(demo, indent=1, ensure_ascii=False))
    fresh.replace(path)


async def _seed(
    gateway: str, admin: tuple[str, str], merchants: Sequence[Merchant], progress: Progress, name: str
) -> list[dict[str, Any]]:
    total = sum(map(_requests, merchants))
    done = 0

    def one_more() -> None:
        nonlocal done
        done += 1
        progress(done, total)

    progress(0, total)
    async with httpx.AsyncClient(base_url=gateway, timeout=30) as client:
        api = Api(client, name, one_more)
        as_admin = await api.sign_in(*admin)
        steps = (_merchant(api, as_admin, merchant) for merchant in merchants)
        return await asyncio.gather(*steps)


def _requests(merchant: Merchant) -> int:
    """What making it takes: itself, owner, program and its start, tills, and each member's moves."""
    moves = sum(1 + member.stamps + len(member.purchases) for member in merchant.members)
    return 4 + len(merchant.rewards) + len(merchant.staff) + 2 * len(merchant.stores) + moves


async def _merchant(api: Api, as_admin: str, merchant: Merchant) -> dict[str, Any]:
    slug = merchant.slug
    made = await api.create(as_admin, f"{slug}", "admin", "merchants", merchant.body)
    owner = {"email": merchant.owner_email, "password": merchant.owner_password}
    user = owner | {"role": "owner", "merchant_id": made["id"]}
    await api.create(as_admin, f"{slug}-owner", "admin", "users", user)
    stores = [
        await _store(api, as_admin, merchant, made["id"], number) for number in range(len(merchant.stores))
    ]
    as_owner = await api.sign_in(owner["email"], owner["password"])
    await _open(api, as_owner, merchant)
    for till in (till for store in stores for till in store["terminals"] if till["api_key"] is None):
        # Made by a run that was cut off; the key was shown that one time.
        rotated = await api.once_more(as_owner, "vendor", f"terminals/{till['id']}/rotate")
        till["api_key"] = rotated["api_key"]
    cards = await _members(api, as_owner, merchant, stores)
    return {
        "id": made["id"],
        "name": merchant.body["name"],
        "slug": slug,
        "owner": owner,
        "stores": stores,
        "staff": [{"code": staff.code, "pin": staff.pin, "name": staff.name} for staff in merchant.staff],
        "cards": cards,
    }


async def _open(api: Api, as_owner: str, merchant: Merchant) -> None:
    """The program, what points buy, and the people at the tills."""
    slug = merchant.slug
    await api.create(as_owner, f"{slug}-program", "vendor", "program", merchant.program)
    await api.create(as_owner, f"{slug}-activate", "vendor", "program/activate", None)
    for number, reward in enumerate(merchant.rewards):
        await api.create(as_owner, f"{slug}-reward-{number}", "vendor", "rewards", reward)
    for staff in merchant.staff:
        body = {"code": staff.code, "name": staff.name, "pin": staff.pin, "role": staff.role}
        await api.create(as_owner, f"{slug}-staff-{staff.code}", "vendor", "pins", body)


async def _store(
    api: Api, as_admin: str, merchant: Merchant, merchant_id: str, number: int
) -> dict[str, Any]:
    """A store with one till."""
    plan = merchant.stores[number]
    body = {"merchant_id": merchant_id, "code": plan.code, "name": plan.name, "city": plan.city}
    store = await api.create(as_admin, f"{merchant.slug}-store-{number}", "admin", "stores", body)
    till = {"store_id": store["id"], "name": f"Till 1 {plan.name}"}
    terminal = await api.create(as_admin, f"{merchant.slug}-till-{number}", "admin", "terminals", till)
    kept = {"id": terminal["id"], "name": terminal["name"], "api_key": terminal["api_key"]}
    return {"id": store["id"], "code": store["code"], "name": store["name"], "terminals": [kept]}


async def _members(
    api: Api, as_owner: str, merchant: Merchant, stores: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    keys = [store["terminals"][0]["api_key"] for store in stores]
    staff = merchant.staff[0]
    sessions = [await api.staff_session(key, staff.code, staff.pin) for key in keys]
    hands = asyncio.Semaphore(AT_ONCE)

    async def serve(number: int, member: Member) -> dict[str, Any]:
        async with hands:
            till = keys[member.store], sessions[member.store]
            card = await _member(api, f"{merchant.slug}-member-{number}", till, member, merchant)
            if card["link_token"] is None:
                made = await api.once_more(as_owner, "vendor", f"cards/{card['id']}/link")
                card["link_token"] = _token(made["card_url"])
            return card

    return await asyncio.gather(*(serve(number, member) for number, member in enumerate(merchant.members)))


async def _member(
    api: Api, name: str, till: tuple[str, str], member: Member, merchant: Merchant
) -> dict[str, Any]:
    """Enrol at the till, then stamps and purchases, one after the other."""
    key, session = till
    enrolled = await api.create(key, name, "vendor", "cards", member.body)
    card = enrolled["card"]
    for number in range(member.stamps):
        body = {"card_id": card["id"], "staff_session": session}
        await api.create(key, f"{name}-stamp-{number}", "vendor", "stamp", body)
    for number, amount in enumerate(member.purchases):
        body = {"card_id": card["id"], "staff_session": session, "purchase_amount_cents": amount}
        body["currency"] = merchant.body["currency"]
        await api.create(key, f"{name}-purchase-{number}", "vendor", "points/earn", body)
    token = _token(enrolled["card_url"])
    return {"id": card["id"], "card_number": card["card_number"], "qr": card["qr_code"], "link_token": token}


def _token(card_url: str | None) -> str | None:
    """The last part of a card's address."""
    return card_url.rsplit("/", 1)[1] if card_url else None
