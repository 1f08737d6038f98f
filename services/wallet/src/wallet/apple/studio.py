"""The pictures of passes: drawn once a look and count, off the event loop, kept while there is room."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Hashable
from concurrent.futures import ThreadPoolExecutor

from wallet.apple import drawing
from wallet.apple.archive import Part, part
from wallet.apple.colours import Palette, palette
from wallet.apple.content import next_reward
from wallet.apple.drawing import SCALES, Progress, StampCard
from wallet.apple.kept import Kept
from wallet.apple.look import Look
from wallet.domain import Pass

KEPT_BYTES = 6 * 1024 * 1024
#: Drawings that may wait: who comes later is told to come again.
WAITING_LIMIT = 200

#: The stored picture of this SHA-256; None when it is not there (any more).
Load = Callable[[str], Awaitable[bytes | None]]
Parts = tuple[Part, ...]


class TooManyDrawings(ConnectionError):
    """More looks are asked for at once than can be drawn; it passes."""


class Studio:
    """Draws what a pass shows. One thread does it: requests go on meanwhile."""

    def __init__(self, load: Load, limit_bytes: int = KEPT_BYTES) -> None:
        self._load = load
        self._kept: Kept[Parts] = Kept(limit_bytes)
        self._drawing: dict[Hashable, asyncio.Task[Parts]] = {}
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="drawing")
        #: How many were drawn ever.
        self.drawn = 0

    async def make_ready(self) -> None:
        """Load what draws, so that the first pass does not wait for it."""
        await asyncio.get_running_loop().run_in_executor(self._thread, drawing.load)

    async def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)

    async def pictures(self, held: Pass, look: Look) -> Parts:
        """Icon, logo and strip at three scales each."""
        colours = palette(look.program.card_color, look.program.card_secondary_color)
        brand = await self._brand(colours, look.pictures.logo)
        return (*brand, *await self._strip(shown(held, look), colours, look.pictures.hero))

    async def _brand(self, colours: Palette, sha256: str | None) -> Parts:
        def draw(logo: bytes | None) -> Parts:
            icons = _scaled("icon", lambda scale: drawing.icon(colours, logo, scale))
            return (*icons, *_scaled("logo", lambda scale: drawing.logo(colours, logo, scale)))

        return await self._once(("brand", colours, sha256), sha256, draw)

    async def _strip(self, shows: StampCard | Progress, colours: Palette, sha256: str | None) -> Parts:
        def draw(hero: bytes | None) -> Parts:
            return _scaled("strip", lambda scale: drawing.strip(shows, colours, hero, scale))

        return await self._once(("strip", shows, colours, sha256), sha256, draw)

    async def _once(self, key: Hashable, sha256: str | None, draw: Callable[[bytes | None], Parts]) -> Parts:
        """What is kept, or is being drawn, or is drawn now; never twice at once."""
        if (kept := self._kept.get(key)) is not None:
            return kept
        task = self._drawing.get(key)
        if task is None:
            if len(self._drawing) >= WAITING_LIMIT:
                raise TooManyDrawings("too many drawings wait")
            task = self._drawing[key] = asyncio.create_task(self._draw(key, sha256, draw))
            task.add_done_callback(lambda _: self._drawing.pop(key, None))
        return await asyncio.shield(task)

    async def _draw(self, key: Hashable, sha256: str | None, draw: Callable[[bytes | None], Parts]) -> Parts:
        picture = None if sha256 is None else await self._load(sha256)
        parts = await asyncio.get_running_loop().run_in_executor(self._thread, draw, picture)
        self.drawn += 1
        self._kept.keep(key, parts, sum(len(one.entry) for one in parts))
        return parts


def shown(held: Pass, look: Look) -> StampCard | Progress:
    """What the strip of this pass shows."""
    program = look.program
    if program.loyalty_type != "points":
        return StampCard(program.stamps_target, min(held.stamp_count, program.stamps_target))
    coming = next_reward(held, look)
    if coming is None:
        return Progress(drawing.STEPS if look.rewards else 0)
    return Progress(drawing.STEPS * held.points_balance // coming.points_required)


def _scaled(name: str, draw: Callable[[int], bytes]) -> Parts:
    return tuple(
        part(f"{name}.png" if scale == 1 else f"{name}@{scale}x.png", draw(scale)) for scale in SCALES
    )
