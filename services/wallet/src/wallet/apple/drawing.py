"""Pictures of a pass, drawn: the stamp card itself, progress to the next reward, icon and logo.

Pillow is imported by the first drawing: a service that hands out no passes does without it.
"""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, NamedTuple

from wallet.apple.colours import BLACK, VISIBLE, WHITE, Colour, Palette, contrast

if TYPE_CHECKING:
    from PIL.Image import Image

SCALES = (1, 2, 3)
#: In points, as Apple lays out a store card.
STRIP, ICON, LOGO = (375, 144), (29, 29), (160, 50)
MARGIN_X, MARGIN_Y, LARGEST_STAMP = 18, 16, 84
#: How much finer shapes are drawn before they are made smooth.
FINER = 3
STEPS = 20


class StampCard(NamedTuple):
    """So many of so many stamps."""

    target: int
    filled: int


class Progress(NamedTuple):
    """So many of STEPS on the way to the next reward."""

    steps: int


def load() -> None:
    """Import what draws and writes."""
    from PIL import ImageDraw, PngImagePlugin  # noqa: F401


def strip(shows: StampCard | Progress, colours: Palette, hero: bytes | None, scale: int) -> bytes:
    """The strip as PNG. A picture of the merchant's is its ground; it stays clear where nothing is on it."""
    image = _ground(colours, hero, scale, veiled=isinstance(shows, StampCard))
    if isinstance(shows, StampCard):
        _paint_stamps(image, shows, colours, scale)
    elif hero is None:
        _paint_progress(image, shows, colours, scale)
    return _png(image, many_colours=hero is not None)


def icon(colours: Palette, logo: bytes | None, scale: int) -> bytes:
    """What notifications show."""
    from PIL import Image

    size = ICON[0] * scale
    image = Image.new("RGB", (size, size), tuple(colours.background))
    if logo is None:
        _stamp_at(image, size / 2, size / 2, 0.8 * size, colours, is_last=True)
    else:
        picture = _within(logo, (size, size))
        image.paste(picture, ((size - picture.width) // 2, (size - picture.height) // 2), picture)
    return _png(image, many_colours=logo is not None)


def logo(colours: Palette, picture: bytes | None, scale: int) -> bytes:
    """What stands in the pass's upper corner."""
    from PIL import Image

    if picture is not None:
        return _png(_within(picture, (LOGO[0] * scale, LOGO[1] * scale)), many_colours=True)
    size = LOGO[1] * scale
    image = Image.new("RGB", (size, size), tuple(colours.background))
    _stamp_at(image, size / 2, size / 2, 0.8 * size, colours, is_last=True)
    return _png(image, many_colours=False)


# -- where stamps are


def rows_of(stamps: int) -> list[int]:
    """How many stamps each row has: as large as they can be, in as few rows as that takes."""
    width, height = STRIP[0] - 2 * MARGIN_X, STRIP[1] - 2 * MARGIN_Y
    count = max(range(1, 9), key=lambda rows: (min(width / math.ceil(stamps / rows), height / rows), -rows))
    count = min(count, stamps)
    each, more = divmod(stamps, count)
    return [each + (row < more) for row in range(count)]


def places(stamps: int) -> tuple[list[tuple[float, float]], float]:
    """The middle of each stamp, and their diameter, in points."""
    rows = rows_of(stamps)
    width, height = STRIP[0] - 2 * MARGIN_X, STRIP[1] - 2 * MARGIN_Y
    cell = min(width / rows[0], height / len(rows), LARGEST_STAMP / 0.8)
    # Few in a row stand further apart than they are high, but not lost.
    across = min(width / rows[0], 1.25 * cell)
    top = STRIP[1] / 2 - cell * (len(rows) - 1) / 2
    found = []
    for number, in_row in enumerate(rows):
        left = STRIP[0] / 2 - across * (in_row - 1) / 2
        found += [(left + across * place, top + cell * number) for place in range(in_row)]
    return found, 0.8 * cell


# -- painting


def _ground(colours: Palette, hero: bytes | None, scale: int, *, veiled: bool) -> Image:
    from PIL import Image, ImageOps

    size = (STRIP[0] * scale, STRIP[1] * scale)
    if hero is None:
        darker = colours.background.toward(BLACK, 0.10)
        shade = Image.linear_gradient("L").resize(size)
        return Image.composite(
            Image.new("RGB", size, tuple(darker)), Image.new("RGB", size, tuple(colours.background)), shade
        )
    with Image.open(io.BytesIO(hero)) as picture:
        image = ImageOps.fit(picture.convert("RGB"), size)
    return Image.blend(image, Image.new("RGB", size, tuple(colours.background)), 0.8) if veiled else image


def _paint_stamps(image: Image, card: StampCard, colours: Palette, scale: int) -> None:
    middles, diameter = places(card.target)
    painted: dict[tuple[bool, bool], Image] = {}
    for number, (x, y) in enumerate(middles, start=1):
        kind = (number <= card.filled, number == card.target)
        if kind not in painted:
            painted[kind] = _stamp(round(diameter * scale), colours, is_there=kind[0], is_last=kind[1])
        stamp = painted[kind]
        image.paste(stamp, (round(x * scale - stamp.width / 2), round(y * scale - stamp.height / 2)), stamp)


def _stamp_at(image: Image, x: float, y: float, diameter: float, colours: Palette, *, is_last: bool) -> None:
    stamp = _stamp(round(diameter), colours, is_there=True, is_last=is_last)
    image.paste(stamp, (round(x - stamp.width / 2), round(y - stamp.height / 2)), stamp)


def _stamp(diameter: int, colours: Palette, *, is_there: bool, is_last: bool) -> Image:
    """One stamp on nothing: a disc with a tick, or a ring that waits; the last one is a star."""
    from PIL import Image, ImageDraw

    size = diameter * FINER
    empty = _visible(colours.foreground, colours.background)
    clear = (*(colours.accent if is_there else empty), 0)
    image = Image.new("RGBA", (size, size), clear)
    draw = ImageDraw.Draw(image)
    line = max(1.6 * FINER, 0.055 * size)
    if is_there:
        draw.ellipse((0, 0, size - 1, size - 1), fill=(*colours.accent, 255))
        mark = _on(colours.accent, colours.background)
        inset = 0.075 * size
        draw.ellipse(
            (inset, inset, size - 1 - inset, size - 1 - inset), outline=(*mark, 110), width=round(line / 2)
        )
    else:
        draw.ellipse((0, 0, size - 1, size - 1), fill=(*empty, 26), outline=(*empty, 255), width=round(line))
        mark = empty
    if is_last:
        draw.polygon(_star(size), fill=(*mark, 255))
    elif is_there:
        _tick(draw, size, mark)
    return image.resize((diameter, diameter), Image.Resampling.LANCZOS)


def _tick(draw: object, size: int, mark: Colour) -> None:
    from PIL import ImageDraw

    assert isinstance(draw, ImageDraw.ImageDraw)
    width = 0.105 * size
    points = [(0.30 * size, 0.52 * size), (0.44 * size, 0.66 * size), (0.71 * size, 0.36 * size)]
    draw.line(points, fill=(*mark, 255), width=round(width), joint="curve")
    for x, y in points:
        draw.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=(*mark, 255))


def _star(size: int) -> list[tuple[float, float]]:
    corners = []
    for number in range(10):
        radius = (0.31 if number % 2 == 0 else 0.135) * size
        angle = math.pi * (number / 5 - 0.5)
        corners.append((size / 2 + radius * math.cos(angle), 0.515 * size + radius * math.sin(angle)))
    return corners


def _paint_progress(image: Image, progress: Progress, colours: Palette, scale: int) -> None:
    from PIL import Image, ImageDraw

    width, height, star = (STRIP[0] - 2 * MARGIN_X) * scale, 18 * scale, 56 * scale
    bar = Image.new("RGBA", (width * FINER, height * FINER), (*colours.accent, 0))
    draw, empty = ImageDraw.Draw(bar), _visible(colours.foreground, colours.background)
    radius, line = height * FINER / 2, 2 * scale * FINER
    draw.rounded_rectangle(
        (0, 0, bar.width - 1, bar.height - 1), radius, fill=(*empty, 40), outline=(*empty, 255), width=line
    )
    if progress.steps:
        end = max(bar.height, (bar.width - star * FINER / 2) * progress.steps / STEPS)
        draw.rounded_rectangle((0, 0, end - 1, bar.height - 1), radius, fill=(*colours.accent, 255))
    bar = bar.resize((width, height), Image.Resampling.LANCZOS)
    middle = image.height // 2
    image.paste(bar, (MARGIN_X * scale, middle - height // 2), bar)
    stamp = _stamp(star, colours, is_there=True, is_last=True)
    image.paste(stamp, (image.width - MARGIN_X * scale - star, middle - star // 2), stamp)


def _visible(foreground: Colour, background: Colour) -> Colour:
    """As soft as a shape can be and be seen."""
    for share in (0.45, 0.3, 0.15):
        mixed = foreground.toward(background, share)
        if contrast(mixed, background) >= VISIBLE:
            return mixed
    return foreground


def _on(accent: Colour, background: Colour) -> Colour:
    """What a mark on the accent is painted with: the card's own colour, where that can be seen."""
    return background if contrast(accent, background) >= VISIBLE else _best(accent)


def _best(under: Colour) -> Colour:
    return max((WHITE, BLACK), key=lambda one: contrast(one, under))


def _within(picture: bytes, size: tuple[int, int]) -> Image:
    from PIL import Image, ImageOps

    with Image.open(io.BytesIO(picture)) as opened:
        return ImageOps.contain(opened.convert("RGBA"), size)


def _png(image: Image, *, many_colours: bool) -> bytes:
    """Flat drawings have few colours: a palette halves them, and nobody sees it."""
    from PIL import Image

    if image.mode == "RGB":
        dither = Image.Dither.FLOYDSTEINBERG if many_colours else Image.Dither.NONE
        # The colours are looked for in a third of the size: that takes a tenth of the time.
        small = image.reduce(3) if min(image.size) >= 100 else image
        image = image.quantize(palette=small.quantize(256), dither=dither)
    out = io.BytesIO()
    image.save(out, "PNG", compress_level=6)
    return out.getvalue()
