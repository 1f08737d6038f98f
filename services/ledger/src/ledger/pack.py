"""Arrays in PostgreSQL's binary format: a batch's columns go as one parameter each, with no text form."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import AsyncConnection
from psycopg.adapt import Dumper
from psycopg.pq import Format

_HEADER = struct.Struct("!iiIii")
_INT2, _INT4, _INT8 = struct.Struct("!ih"), struct.Struct("!ii"), struct.Struct("!iq")
_LENGTH = struct.Struct("!i")
_NULL = _LENGTH.pack(-1)
_UUID_LENGTH = _LENGTH.pack(16)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_FIRST_DAY = date(2000, 1, 1)
_MICROSECOND = timedelta(microseconds=1)


#: Types of arrays, as PostgreSQL numbers them.
UUIDS, INT2S, INT4S, INT8S, TEXTS, BYTEAS, BOOLS, MOMENTS, DAYS = (
    2951,
    1005,
    1007,
    1016,
    1009,
    1001,
    1000,
    1185,
    1182,
)


class Array:
    """The bytes of an array, and its type."""

    __slots__ = ("data", "oid")

    def __init__(self, oid: int, data: bytes) -> None:
        self.oid = oid
        self.data = data


def _array(oid: int, element_oid: int, pack: Callable[[Any], bytes], values: Iterable[Any]) -> Array:
    parts = [_NULL if value is None else pack(value) for value in values]
    return Array(oid, _HEADER.pack(1, 1, element_oid, len(parts), 1) + b"".join(parts))


def _uuid(value: UUID) -> bytes:
    return _UUID_LENGTH + value.int.to_bytes(16, "big")


def _bytes(value: bytes) -> bytes:
    return _LENGTH.pack(len(value)) + value


def _text(value: str) -> bytes:
    return _bytes(value.encode())


def _moment(value: datetime) -> bytes:
    return _INT8.pack(8, (value - _EPOCH) // _MICROSECOND)


def uuids(values: Iterable[UUID | None]) -> Array:
    return _array(UUIDS, 2950, _uuid, values)


def uuids_of(values: Iterable[bytes | None]) -> Array:
    """Of ids that are 16 bytes each."""
    return _array(UUIDS, 2950, _bytes, values)


def int2s(values: Iterable[int | None]) -> Array:
    return _array(INT2S, 21, lambda value: _INT2.pack(2, value), values)


def int4s(values: Iterable[int | None]) -> Array:
    return _array(INT4S, 23, lambda value: _INT4.pack(4, value), values)


def int8s(values: Iterable[int | None]) -> Array:
    return _array(INT8S, 20, lambda value: _INT8.pack(8, value), values)


def texts(values: Iterable[str | None]) -> Array:
    return _array(TEXTS, 25, _text, values)


def byteas(values: Iterable[bytes | None]) -> Array:
    return _array(BYTEAS, 17, _bytes, values)


def bools(values: Iterable[bool | None]) -> Array:
    return _array(
        1000, 16, lambda value: b"\x00\x00\x00\x01\x01" if value else b"\x00\x00\x00\x01\x00", values
    )


def moments(values: Iterable[datetime | None]) -> Array:
    return _array(MOMENTS, 1184, _moment, values)


def days(values: Iterable[date | None]) -> Array:
    return _array(DAYS, 1082, lambda value: _INT4.pack(4, (value - _FIRST_DAY).days), values)


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def __init__(self, cls: type, context: Any = None, oid: int = 0) -> None:
        super().__init__(cls, context)
        self.oid = oid

    def dump(self, obj: Array) -> bytes:
        return obj.data

    def get_key(self, obj: Array, format: Any) -> Any:  # noqa: A002 - the signature of psycopg's Dumper
        return (self.cls, obj.oid)

    def upgrade(self, obj: Array, format: Any) -> Dumper:  # noqa: A002 - psycopg's signature
        return _ArrayDumper(self.cls, None, obj.oid)


def register(connection: AsyncConnection[Any]) -> None:
    """Let this connection take arrays as parameters."""
    connection.adapters.register_dumper(Array, _ArrayDumper)
