"""Rows as they are in a file: read one by one, so that a bad one leaves the others alone."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, NamedTuple, Self

from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator
from pydantic_core import PydanticCustomError

from kit.errors import refusal_of
from kit.fields import Body, Line, Whole
from kit.ids import now
from kit.importing import LineError
from ledger.domain.importing import IMPORTABLE, wrong_delta
from ledger.domain.words import BALANCE_LIMIT

#: The most that one row moves; a balance that is brought along may be as large as a balance can be.
DELTA_LIMIT = 10_000_000
AHEAD_S = 60
OLDEST = datetime(2000, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"[0-9]{4}[- ]?[0-9]{4}[- ]?[0-9]{4}")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]{8,15}(Z|[+-][0-9]{2}:[0-9]{2})")


def _named(text: str) -> str:
    return re.sub("[- ]", "", text) if _DIGITS.fullmatch(text) else text


def _moment(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("wrong-type", "is not a time like 2026-11-20T10:00:00Z")
    try:
        found = datetime.fromisoformat(value) if _MOMENT.fullmatch(value) else None
    except ValueError:
        found = None
    if found is None:
        raise PydanticCustomError("bad-format", "is not a time like 2026-11-20T10:00:00Z")
    return found.astimezone(UTC)


def _past(moment: datetime) -> datetime:
    if moment < OLDEST:
        raise PydanticCustomError("too-small", "is too long ago")
    if moment > now() + timedelta(seconds=AHEAD_S):
        raise PydanticCustomError("too-large", "lies ahead")
    return moment


#: A card's number, or the reference that its customer was imported with.
Card = Annotated[str, Line(1, 64), AfterValidator(_named)]
Reference = Annotated[str, Line(1, 64)]
Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_past)]
Delta = Annotated[Whole, Field(ge=-DELTA_LIMIT, le=DELTA_LIMIT)]
Balance = Annotated[Whole, Field(ge=0, le=BALANCE_LIMIT)]


class HistoryRow(Body):
    """One row of the past."""

    card: Card
    type: Literal[tuple(IMPORTABLE)]  # type: ignore[valid-type]
    at: Moment
    reference: Reference
    stamps: Delta = 0
    points: Delta = 0
    store_code: Annotated[str, Line(1, 50)] | None = None
    purchase_amount_cents: Annotated[Whole, Field(ge=1, le=100_000_000)] | None = None
    currency: Annotated[str, Line(3, 3)] | None = None
    order_reference: Annotated[str, Line(1, 64)] | None = None

    @model_validator(mode="after")
    def _can_be(self) -> Self:
        wrong = wrong_delta(self.type, self.stamps, self.points)
        if wrong is not None:
            raise PydanticCustomError(wrong.code, "{field}: {message}", wrong._asdict())
        if self.type != "points_earned" and (
            self.purchase_amount_cents or self.currency or self.order_reference
        ):
            message = "only a points_earned has a purchase"
            raise PydanticCustomError("not-allowed", "{message}", {"field": "type", "message": message})
        if self.order_reference and not self.purchase_amount_cents:
            message = "an order has a purchase_amount_cents"
            given = {"field": "purchase_amount_cents", "message": message}
            raise PydanticCustomError("required", "{message}", given)
        return self


class BalanceRow(Body):
    """What a card brings along."""

    card: Card
    stamps: Balance = 0
    points: Balance = 0
    reference: Reference | None = None

    @property
    def name(self) -> str:
        """Without a reference a card brings along one balance."""
        return self.reference or f"balance of {self.card}"


Row = HistoryRow | BalanceRow
KINDS: Mapping[str, type[HistoryRow] | type[BalanceRow]] = {"history": HistoryRow, "balances": BalanceRow}


class Read(NamedTuple):
    """A good row and where it was in the file."""

    line: int
    row: Row

    def of(self, numbers: Mapping[str, int]) -> Read:
        """The same, its card named by its number, where one is known."""
        number = numbers.get(self.row.card)
        return (
            self
            if number is None
            else Read(self.line, self.row.model_copy(update={"card": f"{number:012d}"}))
        )


def number_in(card: str) -> int | None:
    """The number of a card that may be named by it."""
    return int(card) if re.fullmatch("[0-9]{12}", card) else None


def read(kind: str, rows: Sequence[Mapping[str, Any]], first_line: int) -> tuple[list[Read], list[LineError]]:
    """The good rows in file order, and what is wrong with the others: the first thing of each."""
    good: list[Read] = []
    bad: list[LineError] = []
    for line, given in enumerate(rows, first_line):
        try:
            good.append(Read(line, KINDS[kind].model_validate({n: v for n, v in given.items() if v != ""})))
        except ValidationError as error:
            bad.append(_of_fields(line, error))
    return good, bad


def _of_fields(line: int, error: ValidationError) -> LineError:
    first = refusal_of(error.errors()).members["errors"][0]
    field = first["field"] or error.errors()[0].get("ctx", {}).get("field", "")
    return LineError(line, field, first["code"], first["message"])
