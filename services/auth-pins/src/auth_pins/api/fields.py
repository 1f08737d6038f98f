"""The field types of this service's requests."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints
from pydantic_core import PydanticCustomError

from auth_pins.domain import (
    PIN_LONGEST,
    PIN_SHORTEST,
    is_email,
    is_staff_code,
    weakness_of_password,
    weakness_of_pin,
)
from kit.fields import Line

_WORDS = {
    "too-short": "is too short",
    "too-long": "is too long",
    "bad-format": "has signs that are not possible here",
    "too-common": "is too easy to guess",
}


def _strong(weakness: Callable[[str], str | None]) -> Callable[[str], str]:
    def check(text: str) -> str:
        if (code := weakness(text)) is not None:
            raise PydanticCustomError(code, _WORDS[code])
        return text

    return check


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _email(text: str) -> str:
    if not is_email(text):
        raise PydanticCustomError("bad-format", "is no e-mail address")
    return text


def _code(text: str) -> str:
    if not is_staff_code(text):
        raise PydanticCustomError("bad-format", "a code has 2 to 8 letters or digits")
    return text


def _lu_means_lb(value: object) -> object:
    return "lb" if value == "lu" else value


Name = Annotated[str, Line(1, 120)]
Email = Annotated[str, Line(3, 254), AfterValidator(_email), Field(examples=["anna@example.com"])]
Locale = Annotated[Literal["en", "fr", "de", "lb"], BeforeValidator(_lu_means_lb)]
Code = Annotated[str, StringConstraints(strict=True), AfterValidator(_code), Field(examples=["07"])]
#: A PIN that is set: not one that everybody tries first.
NewPin = Annotated[
    str,
    StringConstraints(strict=True),
    AfterValidator(_strong(weakness_of_pin)),
    Field(repr=False, examples=["482913"]),
]
#: A PIN that is entered.
Pin = Annotated[
    str,
    StringConstraints(strict=True, min_length=PIN_SHORTEST, max_length=PIN_LONGEST, pattern=r"^[0-9]+$"),
    Field(repr=False, examples=["482913"]),
]
#: A password that is set: 12 to 128 characters, not a common one.
NewPassword = Annotated[
    str,
    StringConstraints(strict=True),
    AfterValidator(_composed),
    AfterValidator(_strong(weakness_of_password)),
    Field(repr=False, examples=["seven quiet otters"]),
]
#: A password that is entered.
Password = Annotated[
    str,
    StringConstraints(strict=True, min_length=1, max_length=512),
    AfterValidator(_composed),
    Field(repr=False, examples=["seven quiet otters"]),
]
