"""Idempotent POSTs of ordinary routes: the answer is kept in its effect's transaction, and replayed."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Annotated, Any, NamedTuple

import msgspec
from fastapi import Depends, Header, Request, Response
from pydantic import BaseModel, SecretStr
from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError

from contracts.problem import (
    IdempotencyKeyExpired,
    IdempotencyKeyInUse,
    IdempotencyKeyInvalid,
    IdempotencyKeyMissing,
    IdempotencyKeyReused,
    Refusal,
)
from kit import errors, tables, telemetry
from kit.work import Tx, Work

KEPT_DAYS = 30
TWIN_WAITS_MS = 1000
_LOCK_NOT_AVAILABLE = "55P03"


class Made(NamedTuple):
    """What an effect answers. Members named in `secrets` are shown once: a replay shows null there."""

    status: int
    body: BaseModel | Mapping[str, Any] | None
    headers: Mapping[str, str] = {}
    secrets: Sequence[str] = ()


_canonical = msgspec.json.Encoder(order="sorted").encode


class _NotKnown(Exception):
    """Takes a claim back that was made to look whether the key is free."""


Effect = Callable[[Tx], Awaitable[Made]]


def check_key(key: str | None) -> str:
    """A well-formed key: 16 to 255 printable ASCII characters."""
    if key is None:
        raise IdempotencyKeyMissing
    if not (16 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise IdempotencyKeyInvalid
    return key


async def needs_key(idempotency_key: Annotated[str | None, Header()] = None) -> str:
    """A dependency: the request's key. IdempotencyKeyMissing, IdempotencyKeyInvalid."""
    return check_key(idempotency_key)


#: The request's idempotency key, checked before the body is.
Key = Annotated[str, Depends(needs_key)]


async def may_have_key(
    idempotency_key: Annotated[
        str | None, Header(description="Optional: a repeat gets the first answer")
    ] = None,
) -> str | None:
    """A dependency: the request's key, if it has one. IdempotencyKeyInvalid."""
    return None if idempotency_key is None else check_key(idempotency_key)


#: The idempotency key of a switch, which needs none.
OptionalKey = Annotated[str | None, Depends(may_have_key)]


def hash_of_key(scope: str, key: str) -> bytes:
    """16 bytes that name a key in its scope (merchant and service; `platform` for admins)."""
    return hashlib.sha256(f"{scope}\x00{key}".encode()).digest()[:16]


def hash_of_request(secret: bytes, method: str, path: str, value: Any) -> bytes:
    """16 bytes that name a request: method, path and the JSON value."""
    return hmac.digest(secret, f"{method} {path}\n".encode() + _canonical(value), "sha256")[:16]


class Idempotency:
    """Runs effects once per key."""

    def __init__(self, work: Work, secret: SecretStr, public_base_url: str) -> None:
        self._work = work
        self._secret = secret.get_secret_value().encode()
        self._base = public_base_url

    async def once(
        self,
        request: Request,
        key: str,
        scope: str,
        body: BaseModel | None,
        effect: Effect,
        *,
        also: Any = None,
    ) -> Response:
        """Run the effect in a transaction and keep its answer, or replay the one that is kept.

        Kept are 2xx and 409 refusals. Two requests are the same by method, path, body and `also`.
        With `x-probe`, which only the gateway sends, nothing is run: an unknown key is answered 204.
        """
        name = hash_of_key(f"{self._work.service}/{scope}", key)
        value = [body.model_dump(mode="json") if body else None, also]
        asked = hash_of_request(self._secret, request.method, request.url.path, value)
        if "x-probe" in request.headers:
            return await self._probe(name, asked)
        try:
            async with self._work() as tx:
                if not await self._claim(tx, name, asked):
                    return await self._replay(tx, name, asked)
                made = await effect(tx)
                answer = await self._keep(tx, name, made)
        except Refusal as refusal:
            if refusal.status != 409 or isinstance(refusal, (IdempotencyKeyInUse, IdempotencyKeyExpired)):
                raise
            return await self._keep_refusal(request, name, asked, refusal)
        return answer

    async def _probe(self, name: bytes, asked: bytes) -> Response:
        """As a twin would be answered; 204 when this would be the first one."""
        try:
            async with self._work() as tx:
                if not await self._claim(tx, name, asked):
                    return await self._replay(tx, name, asked)
                raise _NotKnown
        except _NotKnown:
            return Response(status_code=204)

    async def _claim(self, tx: Tx, name: bytes, asked: bytes) -> bool:
        """True for the first with this key. A twin waits here until the first is done."""
        statement = insert(tables.idempotent_answers).values(key_hash=name, request_hash=asked)
        claim = statement.on_conflict_do_nothing().returning(tables.idempotent_answers.c.key_hash)
        await tx.conn.execute(text(f"SET LOCAL lock_timeout = {TWIN_WAITS_MS}"))
        try:
            claimed = (await tx.conn.execute(claim)).first() is not None
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE:
                raise IdempotencyKeyInUse from None
            raise
        await tx.conn.execute(text("SET LOCAL lock_timeout = '5s'"))
        return claimed

    async def _replay(self, tx: Tx, name: bytes, asked: bytes) -> Response:
        table = tables.idempotent_answers
        row = (await tx.conn.execute(select(table).where(table.c.key_hash == name))).one()
        if not hmac.compare_digest(bytes(row.request_hash), asked):
            raise IdempotencyKeyReused
        if row.status is None:
            raise IdempotencyKeyExpired
        headers = {**row.headers, "idempotency-replayed": "true"}
        return Response(bytes(row.body), row.status, headers)

    async def _keep(self, tx: Tx, name: bytes, made: Made) -> Response:
        value = made.body.model_dump(mode="json") if isinstance(made.body, BaseModel) else made.body
        body = b"" if value is None else msgspec.json.encode(value)
        hidden = {**value, **dict.fromkeys(made.secrets)} if value and made.secrets else value
        headers = {"content-type": "application/json", **made.headers} if body else dict(made.headers)
        await self._write(
            tx, name, made.status, headers, b"" if hidden is None else msgspec.json.encode(hidden)
        )
        return Response(body, made.status, headers)

    async def _keep_refusal(self, request: Request, name: bytes, asked: bytes, refusal: Refusal) -> Response:
        body = errors.render(
            refusal,
            base=self._base,
            instance=request.url.path,
            request_id=telemetry.trace.get().request_id,
        )
        headers = {name.decode(): value.decode() for name, value in errors.headers_of(refusal)}
        async with self._work() as tx:
            if await self._claim(tx, name, asked):
                await self._write(tx, name, refusal.status, headers, body)
            else:
                return await self._replay(tx, name, asked)
        return Response(body, refusal.status, headers)

    async def _write(self, tx: Tx, name: bytes, status: int, headers: Mapping[str, str], body: bytes) -> None:
        table = tables.idempotent_answers
        await tx.conn.execute(
            update(table)
            .where(table.c.key_hash == name)
            .values(status=status, headers=dict(headers), body=body)
        )

    async def forget_old(self) -> None:
        """Once an hour, forget answers older than 30 days; that their keys were used is kept."""
        while True:
            async with self._work() as tx:
                await tx.conn.execute(
                    text(
                        "UPDATE idempotent_answers SET status = NULL, headers = NULL, body = NULL"
                        " WHERE body IS NOT NULL AND created_at < now() - make_interval(days => :days)"
                    ),
                    {"days": KEPT_DAYS},
                )
            await asyncio.sleep(3600)
