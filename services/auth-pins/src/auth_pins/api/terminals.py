"""Terminals and their API keys, looked after by admins, owners and managers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from auth_pins import queries
from auth_pins.api.access import ADMIN, PLATFORM, VENDOR, Admin, MerchantUser, TheDesk
from auth_pins.api.documents import KEYED, problems
from auth_pins.api.fields import Name
from auth_pins.api.lists import Asked, AskedByMerchant, Count, cursor_of
from auth_pins.commands import terminals as commands
from auth_pins.desk import Desk
from auth_pins.domain import LiveKey
from auth_pins.tables import Record
from contracts.event import Instant
from contracts.problem import StoreNotFound, TerminalNotFound, UpstreamUnavailable
from contracts.programs import StoreChanged
from kit.fields import Body, example
from kit.idempotency import Key, Made
from kit.work import Tx

router = APIRouter(tags=["terminals"])

Environment = Literal["live", "test"]


class NewTerminal(Body):
    model_config = example(store_id="0197c1c2-7e5a-7b3c-9d4e-5f60718293a4", name="Till 1")

    store_id: UUID = Field(description="The store where it stands")
    name: Annotated[Name, Field(description="What people call it", examples=["Till 1"])]
    environment: Environment = Field(
        "live", description="Goes into the key, so that a test key is seen as one"
    )


class KeyShown(BaseModel):
    created_at: Instant = Field(description="When it was made")
    ends_at: Instant | None = Field(description="When it ends; set on the old one after a rotation")


class Terminal(BaseModel):
    id: UUID = Field(description="The terminal's id")
    merchant_id: UUID = Field(description="The merchant that it belongs to")
    store_id: UUID = Field(description="The store where it stands")
    name: str = Field(description="What people call it", examples=["Till 1"])
    environment: Environment = Field(description="live or test")
    keys: list[KeyShown] = Field(description="Its live API keys: one, or two after a rotation")
    last_used_at: Instant | None = Field(description="When it called last, to half a minute")
    created_at: Instant = Field(description="When it was made")
    updated_at: Instant = Field(description="When it was changed last, a rotation included")
    deleted_at: Instant | None = Field(description="When it was deleted; seen only where asked for")
    deleted_by: UUID | None = Field(description="The user who deleted it; seen only where asked for")


class TerminalWithKey(Terminal):
    api_key: str | None = Field(
        description="Shown this once; null in a replay",
        examples=["pk_live_0197c1c27d3e7b1a9c523f1f0f6f9a10_4fT…"],
    )


class Terminals(BaseModel):
    items: list[Terminal] = Field(description="Newest first")
    next_cursor: str | None = Field(description="Asks for the next page; null on the last one")
    total: int | None = Field(None, description="How many there are; only there when asked by `count=true`")


class Rotated(BaseModel):
    api_key: str | None = Field(
        description="The new key, shown this once; null in a replay", examples=["pk_live_…"]
    )
    old_key_ends_at: Instant | None = Field(description="Until when the one before works")


def _shown(row: Record, keys: Sequence[LiveKey]) -> Terminal:
    values = {name: getattr(row, name) for name in Terminal.model_fields if name != "keys"}
    return Terminal(**values, keys=[KeyShown(created_at=key.created_at, ends_at=key.ends_at) for key in keys])


async def _create(
    request: Request,
    key: str,
    scope: str,
    desk: Desk,
    body: NewTerminal,
    store: StoreChanged | None,
    prefix: str,
) -> Response:
    async def effect(tx: Tx) -> Made:
        if store is None:
            raise StoreNotFound
        made = await commands.create_terminal(tx, store, body.name, body.environment)
        shown = _shown(made.row, await queries.keys_in(tx.conn, made.row.id))
        answer = TerminalWithKey(**shown.model_dump(), api_key=made.api_key)
        headers = {"location": f"{prefix}/terminals/{made.row.id}"}
        return Made(201, answer, headers, secrets=("api_key",))

    return await desk.idempotency.once(request, key, scope, body, effect)


async def _page(desk: Desk, asked: Asked, count: bool) -> Terminals:
    found, keys = await queries.terminals(desk, asked)
    items = [_shown(row, keys[row.id]) for row in found.rows]
    total = {"total": await queries.count_terminals(desk, asked)} if count else {}
    return Terminals(items=items, next_cursor=cursor_of(found), **total)


# -- admins


_CREATE = problems(*KEYED, StoreNotFound, UpstreamUnavailable)


@router.post(
    f"{ADMIN}/terminals",
    operation_id="createTerminalAsAdmin",
    summary="Make a terminal",
    status_code=201,
    response_model=TerminalWithKey,
    responses=_CREATE,
)
async def create_as_admin(
    request: Request, caller: Admin, key: Key, desk: TheDesk, body: NewTerminal
) -> Response:
    """A terminal of any store, with its API key, which is shown this once and works at once."""
    store = await desk.places.store(body.store_id)
    return await _create(request, key, PLATFORM, desk, body, store, ADMIN)


@router.get(
    f"{ADMIN}/terminals",
    operation_id="listTerminalsAsAdmin",
    summary="List terminals",
    response_model_exclude_unset=True,
    responses=problems(),
)
async def list_as_admin(
    caller: Admin,
    desk: TheDesk,
    asked: Asked,
    merchant_id: Annotated[UUID | None, Query(description="Of this merchant only")] = None,
    count: Count = False,
) -> Terminals:
    """Newest first. `search` takes the start of a word of the name."""
    return await _page(desk, asked._replace(merchant_id=merchant_id), count)


@router.get(
    f"{ADMIN}/terminals/{{terminal_id}}",
    operation_id="getTerminalAsAdmin",
    summary="One terminal",
    responses=problems(TerminalNotFound),
)
async def get_as_admin(
    caller: Admin,
    desk: TheDesk,
    terminal_id: UUID,
    include_deleted: Annotated[bool, Query(description="Also when it is deleted")] = False,
) -> Terminal:
    """Without its key, which nobody can read again."""
    return _shown(*await queries.terminal(desk, terminal_id, include_deleted=include_deleted))


@router.delete(
    f"{ADMIN}/terminals/{{terminal_id}}",
    operation_id="deleteTerminalAsAdmin",
    summary="Delete a terminal",
    status_code=204,
    responses=problems(TerminalNotFound),
)
async def delete_as_admin(caller: Admin, desk: TheDesk, terminal_id: UUID) -> None:
    """Its keys and its staff sessions end within 2 seconds."""
    await commands.delete_terminal(desk, terminal_id, None, caller.user_id)


# -- owners and managers


@router.post(
    f"{VENDOR}/terminals",
    operation_id="createTerminal",
    summary="Make a terminal",
    status_code=201,
    response_model=TerminalWithKey,
    responses=_CREATE,
)
async def create(
    request: Request, caller: MerchantUser, key: Key, desk: TheDesk, body: NewTerminal
) -> Response:
    """A terminal of one's own store, with its API key, which is shown this once and works at once."""
    store = await desk.places.store(body.store_id, caller.merchant)
    return await _create(request, key, str(caller.merchant), desk, body, store, VENDOR)


@router.get(
    f"{VENDOR}/terminals",
    operation_id="listTerminals",
    summary="List terminals",
    response_model_exclude_unset=True,
    responses=problems(),
)
async def list_own(
    caller: MerchantUser, desk: TheDesk, asked: AskedByMerchant, count: Count = False
) -> Terminals:
    """The merchant's, newest first. `search` takes the start of a word of the name."""
    return await _page(desk, asked._replace(merchant_id=caller.merchant), count)


@router.get(
    f"{VENDOR}/terminals/{{terminal_id}}",
    operation_id="getTerminal",
    summary="One terminal",
    responses=problems(TerminalNotFound),
)
async def get(caller: MerchantUser, desk: TheDesk, terminal_id: UUID) -> Terminal:
    """Without its key, which nobody can read again."""
    return _shown(*await queries.terminal(desk, terminal_id, caller.merchant))


@router.delete(
    f"{VENDOR}/terminals/{{terminal_id}}",
    operation_id="deleteTerminal",
    summary="Delete a terminal",
    status_code=204,
    responses=problems(TerminalNotFound),
)
async def delete(caller: MerchantUser, desk: TheDesk, terminal_id: UUID) -> None:
    """Its keys and its staff sessions end within 2 seconds."""
    await commands.delete_terminal(desk, terminal_id, caller.merchant, caller.user_id)


@router.post(
    f"{VENDOR}/terminals/{{terminal_id}}/rotate",
    operation_id="rotateTerminalKey",
    summary="Give a terminal a new API key",
    response_model=Rotated,
    responses=problems(*KEYED, TerminalNotFound),
)
async def rotate(
    request: Request, caller: MerchantUser, key: Key, desk: TheDesk, terminal_id: UUID
) -> Response:
    """The key before it works for up to 7 more days; when there are two already, the oldest ends now."""

    async def effect(tx: Tx) -> Made:
        made = await commands.rotate_key(tx, terminal_id, caller.merchant)
        answer = Rotated(api_key=made.api_key, old_key_ends_at=made.old_key_ends_at)
        return Made(200, answer, secrets=("api_key",))

    return await desk.idempotency.once(request, key, str(caller.merchant), None, effect)
