"""Rows of customers as they are in a file: read one by one, so that a bad one leaves the others alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NamedTuple

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from cards.api.bodies import Birthday, Email, Locale, Name, Phone, reachable
from cards.domain import luhn_digit, read_number
from kit.errors import refusal_of
from kit.fields import Body, Flag, Line
from kit.ids import now
from kit.importing import LineError

AHEAD_S = 60
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)


def _number(text: str) -> str:
    digits = read_number(text)
    if digits is None or luhn_digit(digits[:-1]) != digits[-1]:
        raise PydanticCustomError("bad-format", "is not a card number with its check digit")
    return digits


def _text(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("wrong-type", "is not a time like 2026-11-20T10:00:00Z")
    return value


def _past(moment: datetime) -> datetime:
    if moment < OLDEST:
        raise PydanticCustomError("too-small", "is too long ago")
    if moment > now() + timedelta(seconds=AHEAD_S):
        raise PydanticCustomError("too-large", "lies ahead")
    return moment.astimezone(UTC)


class CustomerRow(Body):
    """A customer with the card."""

    email: Email | None = None
    phone: Phone | None = Field(default=None, validate_default=True)
    first_name: Name
    last_name: Name
    birthday: Birthday | None = None
    locale: Locale | None = None
    marketing_consent: Flag = False
    store_code: Annotated[str, Line(1, 50)] | None = None
    enrolled_at: Annotated[AwareDatetime, BeforeValidator(_text), AfterValidator(_past)] | None = None
    card_number: Annotated[str, Line(12, 20), AfterValidator(_number)] | None = None
    reference: Annotated[str, Line(1, 64)] | None = None

    _reachable = field_validator("phone")(reachable)


class Read(NamedTuple):
    """A good row and where it was in the file."""

    line: int
    row: CustomerRow


def read(rows: Sequence[Mapping[str, Any]], first_line: int) -> tuple[list[Read], list[LineError]]:
    """The good rows in file order, and what is wrong with the others: the first thing of each."""
    good: list[Read] = []
    bad: list[LineError] = []
    for line, given in enumerate(rows, first_line):
        try:
            row = CustomerRow.model_validate({name: value for name, value in given.items() if value != ""})
            good.append(Read(line, row))
        except ValidationError as error:
            first = refusal_of(error.errors()).members["errors"][0]
            bad.append(LineError(line, first["field"], first["code"], first["message"]))
    return good, bad
