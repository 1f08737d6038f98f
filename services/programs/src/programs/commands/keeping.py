"""What every change has in common: the thing is saved, told and audited when it changed, and only then."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.problem import MerchantNotFound
from kit.audit import Change, record
from kit.work import Tx
from programs import store
from programs.commands.facts import state_of, tell
from programs.domain import AnyThing, Deletable, Merchant, Program, Settings, Thing


async def begin(tx: Tx, *things: Thing) -> None:
    """Add and tell what is new. Refused as in `store.add`."""
    for thing in things:
        await store.add(tx.conn, thing)
    tell(tx, *things)
    await record(tx, *(_change("created", None, thing) for thing in things))


async def keep(tx: Tx, before: AnyThing, after: AnyThing) -> AnyThing:
    """Save and tell what came of `before`; nothing when nothing did."""
    if after is not before:
        await store.save(tx.conn, after)
        tell(tx, after)
        await record(tx, _change(_action(before, after), before, after))
    return after


def _action(before: Thing, after: Thing) -> str:
    """What was done to it, in a word."""
    match before, after:
        case Deletable(deleted_at=None), Deletable(deleted_at=moment) if moment:
            return "deleted"
        case Deletable(deleted_at=moment), Deletable(deleted_at=None) if moment:
            return "restored"
        case Program(is_active=was), Program(is_active=is_now) if was != is_now:
            return "activated" if is_now else "deactivated"
    return "changed"


def _change(action: str, before: Thing | None, after: Thing) -> Change:
    merchant_id = after.id if isinstance(after, Merchant | Settings) else getattr(after, "merchant_id")  # noqa: B009
    shown = None if before is None else _shown(before)
    kind = state_of(after).kind
    return Change(action, kind, after.id, merchant_id=merchant_id, before=shown, after=_shown(after))


def _shown(thing: Thing) -> dict[str, Any]:
    """The thing as it is told, and what is told to nobody but admins."""
    told = state_of(thing).model_dump(mode="json")
    if isinstance(thing, Deletable):
        told["deleted_by"] = None if thing.deleted_by is None else str(thing.deleted_by)
    if isinstance(thing, Merchant):
        told["contact_email"] = thing.contact_email
    return told


async def live_merchant(tx: Tx, merchant_id: UUID) -> Merchant:
    """The merchant beneath which something changes, kept as it is; MerchantNotFound when deleted."""
    merchant = await store.merchant_staying(tx.conn, merchant_id)
    if merchant is None or merchant.deleted_at:
        raise MerchantNotFound
    return merchant
