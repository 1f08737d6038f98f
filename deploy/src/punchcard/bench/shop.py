"""What the benchmark runs on: a merchant, store and till made by the API, and many cards put in at once."""

from __future__ import annotations

import asyncio
import secrets
from typing import NamedTuple
from uuid import UUID

import httpx
import psycopg

from kit.identity import Caller, Signer
from punchcard.demo.api import Api
from punchcard.stack import Credentials, Stack

MOVE = "/api/v1/vendor/loyalty/stamp"


class Shop(NamedTuple):
    """A till that may stamp without cooldown, limit or (unless asked for) PIN, and the cards it stamps."""

    merchant_id: UUID
    program_id: UUID
    slug: str
    owner: Credentials
    caller: Caller
    api_key: str
    cards: list[str]


def open_shop(stack: Stack, cards: int, *, with_pins: bool = False) -> Shop:
    """The shop, with its cards known to the ledger."""
    return asyncio.run(_open(stack, cards, with_pins))


async def _open(stack: Stack, cards: int, with_pins: bool) -> Shop:
    async with httpx.AsyncClient(base_url=stack.gateway_url, timeout=10) as client:
        api = Api(client, f"bench-{secrets.token_hex(8)}")
        as_admin = await api.sign_in(stack.admin.email, stack.admin.password)
        slug = f"bench-{secrets.token_hex(4)}"
        body = {"name": "Bench", "slug": slug, "country": "LU", "contact_email": "bench@punchcard.example"}
        merchant = await api.create(as_admin, "merchant", "admin", "merchants", body)
        owned = {"merchant_id": merchant["id"]}
        store = await api.create(as_admin, "store", "admin", "stores", owned | {"code": "1", "name": "One"})
        till = {"store_id": store["id"], "name": "Till"}
        terminal = await api.create(as_admin, "till", "admin", "terminals", till)
        rules = {"loyalty_type": "stamps", "cooldown_minutes": 0, "max_daily_stamps": None}
        program = await api.create(
            as_admin, "program", "admin", "programs", owned | rules | {"require_staff_pin": with_pins}
        )
        if not with_pins:
            await _without_pins(client, as_admin, merchant["id"])
        owner = await _switch_on(api, as_admin, merchant["id"])
    merchant_id, program_id = UUID(merchant["id"]), UUID(program["id"])
    caller = Caller("terminal", merchant_id, UUID(store["id"]), UUID(terminal["id"]))
    known = _put_in(stack, merchant_id, program_id, cards) if cards else []
    return Shop(merchant_id, program_id, slug, owner, caller, terminal["api_key"], known)


async def _without_pins(client: httpx.AsyncClient, as_admin: str, merchant_id: str) -> None:
    path = f"/api/v1/admin/loyalty/merchants/{merchant_id}/settings"
    headers = {"authorization": f"Bearer {as_admin}"}
    etag = (await client.get(path, headers=headers)).headers["etag"]
    changed = await client.patch(
        path, json={"staff_pin_policy": "disabled"}, headers={**headers, "if-match": etag}
    )
    changed.raise_for_status()


async def _switch_on(api: Api, as_admin: str, merchant_id: str) -> Credentials:
    """An owner, who switches the program on."""
    owner = Credentials(f"{secrets.token_hex(6)}@punchcard.example", secrets.token_urlsafe(24))
    user = owner._asdict() | {"role": "owner", "merchant_id": merchant_id}
    await api.create(as_admin, "owner", "admin", "users", user)
    as_owner = await api.sign_in(*owner)
    await api.create(as_owner, "activate", "vendor", "program/activate", None)
    return owner


def _put_in(stack: Stack, merchant_id: UUID, program_id: UUID, cards: int) -> list[str]:
    """Accounts before their first row; enrolling so many would take longer than the whole run."""
    with psycopg.connect(stack.urls("ledger").owner, autocommit=True) as conn:
        conn.execute(
            "INSERT INTO accounts (card_number, card_id, merchant_id, program_id, qr_code, last_hash)"
            " SELECT g + (SELECT coalesce(max(card_number), 0) FROM accounts), md5(g || %s)::uuid, %s, %s,"
            " md5(g || %s), decode(repeat('00', 32), 'hex') FROM generate_series(1, %s) g",
            (str(merchant_id), merchant_id, program_id, str(merchant_id), cards),
        )
        conn.execute("VACUUM ANALYZE accounts")
        rows = conn.execute(
            "SELECT card_id::text FROM accounts WHERE merchant_id = %s", (merchant_id,)
        ).fetchall()
    return [row[0] for row in rows]


def internal_token(stack: Stack, caller: Caller) -> str:
    """As the gateway makes one; good for two minutes."""
    return f"Bearer {Signer('gateway', stack.keys.signing_key('gateway')).internal(caller)}"
