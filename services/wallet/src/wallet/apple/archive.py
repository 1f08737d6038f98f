"""The archive of a pass: a zip whose entries are stored, put together from parts that are ready.

A picture belongs to thousands of passes: its digest, checksum and header are made once.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import NamedTuple

#: The first of January 1980, the earliest a zip can name: the same parts make the same bytes.
_TIME, _DATE = 0, 0x21
_VERSION, _FLAGS, _STORED = 20, 0, 0
_LOCAL = struct.Struct("<4s5H3I2H")
_CENTRAL = struct.Struct("<4s6H3I5H2I")
_END = struct.Struct("<4s4H2IH")


class Part(NamedTuple):
    """One file of a pass, ready for manifest and archive."""

    name: str
    sha1: str
    #: Local header and content, as they stand in the archive.
    entry: bytes
    crc: int
    size: int

    @property
    def content(self) -> bytes:
        return self.entry[-self.size :] if self.size else b""


def part(name: str, content: bytes) -> Part:
    crc, encoded = zlib.crc32(content), name.encode("ascii")
    size = len(content)
    header = _LOCAL.pack(b"PK\3\4", _VERSION, _FLAGS, _STORED, _TIME, _DATE, crc, size, size, len(encoded), 0)
    digest = hashlib.sha1(content, usedforsecurity=False).hexdigest()  # what manifests hold, by definition
    return Part(name, digest, header + encoded + content, crc, size)


def manifest(parts: Iterable[Part]) -> bytes:
    """`manifest.json`: the SHA-1 of every file."""
    return json.dumps({one.name: one.sha1 for one in parts}).encode()


def archive(parts: Sequence[Part]) -> bytes:
    """The zip of these files."""
    entries, directory, offset = [], [], 0
    for one in parts:
        entries.append(one.entry)
        directory.append(_central(one, offset))
        offset += len(one.entry)
    central = b"".join(directory)
    end = _END.pack(b"PK\5\6", 0, 0, len(parts), len(parts), len(central), offset, 0)
    return b"".join((*entries, central, end))


def _central(one: Part, offset: int) -> bytes:
    name = one.name.encode("ascii")
    return (
        _CENTRAL.pack(
            *(b"PK\1\2", _VERSION, _VERSION, _FLAGS, _STORED, _TIME, _DATE, one.crc, one.size, one.size),
            *(len(name), 0, 0, 0, 0, 0, offset),
        )
        + name
    )
