"""Records as the broker hands them over, and the events that are read from them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from aiokafka import ConsumerRecord

from contracts.event import Fact
from kit.telemetry import Trace
from kit.work import Tx

#: Keys of ours have at most 60 characters. A longer one is cut, so that an index can hold it.
KEY_CHARACTERS = 500


class Heard(NamedTuple):
    """An event as it was heard: its id, who began it, and the fact."""

    event_id: UUID
    trace: Trace
    fact: Any


#: Applies events, in order, inside the transaction it is given.
Handler = Callable[[Tx, Sequence[Heard]], Awaitable[None]]


#: Which of these events the handler wants, as far as the database says; the others leave no trace.
Wanted = Callable[[Tx, Sequence[Heard]], Awaitable[Sequence[Heard]]]


class Subscription(NamedTuple):
    """The facts of a topic that are heard, by their type, and who takes them.

    With `mentions`, only events whose data holds one of these strings are heard, and the others are not read.
    """

    facts: Mapping[str, type[Fact]]
    handler: Handler
    mentions: Sequence[str] = ()
    wanted: Wanted | None = None


class Record(NamedTuple):
    """One record of the broker; `why_not`: why it cannot be applied. A type nobody hears has no event."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    event: Heard | None
    why_not: str


class _Envelope(msgspec.Struct):
    """What is read of a CloudEvent; its data is left as it is."""

    id: str
    type: str
    data: msgspec.Raw
    correlationid: str = ""
    traceparent: str = ""


_envelopes = msgspec.json.Decoder(_Envelope)


def read(raw: ConsumerRecord[bytes | None, bytes | None], subscription: Subscription) -> Record:
    """The record with its event; whatever it holds, this does not fail."""
    key = _storable((raw.key or b"").decode("utf-8", "replace"))[:KEY_CHARACTERS]
    value = raw.value or b""
    event, why_not = read_event(value, subscription)
    return Record(raw.topic, raw.partition, raw.offset, key, value, event, why_not)


def read_event(value: bytes, subscription: Subscription) -> tuple[Heard | None, str]:
    """The event, or why it cannot be read; neither for a type that nobody hears."""
    try:
        body = _envelopes.decode(value)
        fact = subscription.facts.get(body.type)
        if fact is None:
            return None, ""
        if subscription.mentions and not _mentioned(subscription.mentions, bytes(body.data)):
            return None, ""
        # Twice as quick as a whole dictionary that is validated then.
        data = fact.read(bytes(body.data))
        return Heard(UUID(body.id), Trace(body.correlationid, body.traceparent, body.id), data), ""
    except Exception as error:  # noqa: BLE001 - bytes from outside: whatever reading them raises is a reason to park
        return None, f"unreadable: {words(error)}"


def _mentioned(strings: Sequence[str], data: bytes) -> bool:
    return any(f'"{string}"'.encode() in data for string in strings)


def words(error: BaseException) -> str:
    """The first line of an error, as the database can hold it."""
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return _storable(f"{type(error).__name__}: {lines[0] if lines else ''}"[:300])


def _storable(text: str) -> str:
    # PostgreSQL's text holds no NUL, and UTF-8 no half of a surrogate pair.
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()
