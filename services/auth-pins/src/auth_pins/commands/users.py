"""Admins make, change and delete users."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.exc import IntegrityError

from auth_pins.commands import audited
from auth_pins.commands.passwords import end_links
from auth_pins.desk import Desk
from auth_pins.domain import email_key
from auth_pins.store import users
from auth_pins.tables import Record
from contracts.problem import AlreadyExists, ChangeNotAllowed, UserNotFound, ValidationFailed
from kit.audit import record
from kit.ids import now, uuid7
from kit.preconditions import Expected
from kit.work import Tx

_TAKEN = "There is a user with this e-mail already"


async def create_user(
    tx: Tx, email: str, password_hash: str, role: str, merchant_id: UUID | None, locale: str = "en"
) -> Record:
    """A new user, active. AlreadyExists when the e-mail is taken."""
    moment = now()
    user = await users.add(
        tx.conn,
        moment,
        email=email,
        password_hash=password_hash,
        role=role,
        merchant_id=merchant_id,
        locale=locale,
    )
    if user is None:
        raise AlreadyExists(_TAKEN, field="email")
    await record(tx, audited.of_user("created", None, user))
    tx.say(await users.state(tx.conn, user, moment))
    return user


async def change_user(desk: Desk, user_id: UUID, expected: Expected, changes: Mapping[str, Any]) -> Record:
    """Role, e-mail, locale, whether active. Another role, or being switched off, ends all sessions."""
    async with desk.work() as tx:
        leaving = changes.get("is_active") is False
        user = await (_held_to_leave if leaving else _held)(tx, user_id, expected)
        real = {name: value for name, value in changes.items() if value != getattr(user, name)}
        if not real:
            return user
        if user.issuer is not None and real.keys() & {"role", "email"}:
            raise ChangeNotAllowed("Role and e-mail of this user are told by their issuer")
        if "role" in real and "admin" in (real["role"], user.role):
            raise ValidationFailed.of(
                "role", "not-allowed", "an admin belongs to no merchant, all others to one"
            )
        moment = now()
        if "email" in real:
            real["email_key"] = email_key(real["email"])
            await end_links(desk, tx, user_id, moment)
        if "role" in real or "is_active" in real:
            real["sessions_revoked_at"] = moment
            await users.end_sessions(tx.conn, user_id, moment)
        changed = await _change(tx, user_id, moment, real)
        await record(tx, audited.of_user("changed", user, changed))
        tx.say(await users.state(tx.conn, changed, moment))
        return changed


async def delete_user(desk: Desk, user_id: UUID, expected: Expected, by: UUID | None) -> None:
    """Deleted; all sessions end, the e-mail is free again."""
    async with desk.work() as tx:
        user = await _held_to_leave(tx, user_id, expected)
        moment = now()
        await users.end_sessions(tx.conn, user_id, moment)
        await end_links(desk, tx, user_id, moment)
        ended = {
            "sessions_revoked_at": moment,
            "deleted_at": moment,
            "deleted_by": by,
            "deletion_id": uuid7(),
        }
        deleted = await users.change(tx.conn, user_id, moment, **ended)
        await record(tx, audited.of_user("deleted", user, deleted))
        tx.say(await users.state(tx.conn, deleted, moment))


async def ensure_first_admin(desk: Desk) -> None:
    """The admin of the settings, when there is no admin yet."""
    email, password = desk.settings.bootstrap_admin_email, desk.settings.bootstrap_admin_password
    if email is None or password is None:
        return
    async with desk.work.read() as conn:
        if await users.any_admin(conn):
            return
    async with desk.hashing.seat() as seat:
        password_hash = await seat.hash_password(password.get_secret_value())
    async with desk.work() as tx:
        await users.one_at_a_time(tx.conn)
        if not await users.any_admin(tx.conn):
            await create_user(tx, email, password_hash, "admin", None)


async def _held(tx: Tx, user_id: UUID, expected: Expected) -> Record:
    user = await users.lock(tx.conn, user_id)
    if user is None:
        raise UserNotFound
    expected.check(user.revision)
    return user


async def _held_to_leave(tx: Tx, user_id: UUID, expected: Expected) -> Record:
    """ChangeNotAllowed when nobody could sign in as admin afterwards. The admins are held before the user."""
    admins = await users.lock_active_admins(tx.conn)
    user = await _held(tx, user_id, expected)
    if admins == {user_id}:
        raise ChangeNotAllowed("This is the last active admin")
    return user


async def _change(tx: Tx, user_id: UUID, moment: datetime, values: Mapping[str, Any]) -> Record:
    try:
        async with tx.conn.begin_nested():
            return await users.change(tx.conn, user_id, moment, **values)
    except IntegrityError as error:
        if getattr(error.orig, "sqlstate", None) == "23505":
            raise AlreadyExists(_TAKEN, field="email") from None
        raise
