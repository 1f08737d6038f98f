"""A punched card: the logo that wallets show for a program that has none. Drawn once."""

from __future__ import annotations

import zlib
from functools import cache

SIZE = 660
PAPER, HOLE = (79, 70, 229), (255, 255, 255)
#: Two rows of three holes, inside the circle that wallets cut out.
_CENTRES = [(x, y) for y in (250, 410) for x in (170, 330, 490)]
_RADIUS = 50


@cache
def logo() -> bytes:
    """A PNG of 660 by 660."""
    rows = b"".join(
        b"\0" + bytes(channel for x in range(SIZE) for channel in _pixel(x, y)) for y in range(SIZE)
    )
    head = SIZE.to_bytes(4, "big") * 2 + bytes((8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(*each) for each in ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    )


def _pixel(x: int, y: int) -> tuple[int, int, int]:
    inside = any((x - cx) ** 2 + (y - cy) ** 2 <= _RADIUS**2 for cx, cy in _CENTRES)
    return HOLE if inside else PAPER


def _chunk(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return len(content).to_bytes(4, "big") + name + content + check.to_bytes(4, "big")
