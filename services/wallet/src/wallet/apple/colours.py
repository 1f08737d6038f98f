"""Colours of a pass: the merchant's, and those that can be read on them."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

READABLE, VISIBLE = 4.5, 3.0


class Colour(NamedTuple):
    red: int
    green: int
    blue: int

    @property
    def css(self) -> str:
        """As passes write it."""
        return f"rgb({self.red}, {self.green}, {self.blue})"

    @property
    def luminance(self) -> float:
        """0 is black, 1 is white (WCAG)."""
        red, green, blue = (_linear(part / 255) for part in self)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    def toward(self, other: Colour, share: float) -> Colour:
        """This colour, mixed with so much (0 to 1) of another."""
        return Colour(*(round(a + (b - a) * share) for a, b in zip(self, other, strict=True)))


WHITE, BLACK = Colour(255, 255, 255), Colour(17, 17, 17)


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def colour(text: str) -> Colour:
    """Of `#RRGGBB`."""
    return Colour(int(text[1:3], 16), int(text[3:5], 16), int(text[5:7], 16))


def contrast(one: Colour, other: Colour) -> float:
    """1 to 21 (WCAG)."""
    light, dark = sorted((one.luminance, other.luminance), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class Palette(NamedTuple):
    """What a pass is painted with."""

    background: Colour
    #: Text.
    foreground: Colour
    #: Labels above text.
    label: Colour
    #: Stamps that are there.
    accent: Colour


@lru_cache(maxsize=1024)
def palette(card_color: str, secondary: str | None) -> Palette:
    """The merchant's colours where they can be read, else what is nearest to them and can be."""
    background = colour(card_color)
    foreground = max((WHITE, BLACK), key=lambda one: contrast(one, background))
    second = colour(secondary) if secondary else None
    label = second if second and contrast(second, background) >= READABLE else None
    accent = second if second and contrast(second, background) >= VISIBLE else None
    return Palette(background, foreground, label or _softer(foreground, background), accent or foreground)


def _softer(foreground: Colour, background: Colour) -> Colour:
    """Between text and background, as soft as can still be read."""
    for share in (0.25, 0.15, 0.05):
        mixed = foreground.toward(background, share)
        if contrast(mixed, background) >= READABLE:
            return mixed
    return foreground
