"""The public keys that auth-pins signs with."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from auth_pins.domain import SigningKey
from auth_pins.tables import signing_key_set, signing_keys
from contracts.auth_pins import SIGNING_KEYS_ID, PublicKey, SigningKeysChanged


async def hold(conn: AsyncConnection) -> tuple[SigningKey, ...]:
    """The set, held until the transaction ends: replicas that start together follow one another."""
    await conn.execute(select(signing_key_set).with_for_update())
    return await read(conn)


async def read(conn: AsyncConnection) -> tuple[SigningKey, ...]:
    rows = await conn.execute(select(signing_keys).order_by(signing_keys.c.added_at))
    return tuple(SigningKey(row.kid, row.x, row.added_at, row.ends_at) for row in rows)


async def put(conn: AsyncConnection, keys: Sequence[SigningKey]) -> SigningKeysChanged:
    """These keys and no others; the new state."""
    await conn.execute(delete(signing_keys))
    await conn.execute(insert(signing_keys), [key._asdict() for key in keys])
    await conn.execute(update(signing_key_set).values(version=signing_key_set.c.version + 1))
    told = await state(conn)
    assert told is not None
    return told


async def state(conn: AsyncConnection) -> SigningKeysChanged | None:
    """The whole state; None before the first key."""
    version = (await conn.execute(select(signing_key_set.c.version))).scalar_one()
    if version == 0:
        return None
    keys = tuple(PublicKey(kid=key.kid, x=key.x) for key in await read(conn))
    return SigningKeysChanged(id=SIGNING_KEYS_ID, version=version, keys=keys)
