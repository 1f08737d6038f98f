"""What is asked of a card, as it comes in: one body for each move, and what each of them does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from kit.fields import Body, Flag, Line, Paragraph, Whole
from ledger.domain import (
    AdjustPoints,
    AdjustStamps,
    Command,
    EarnPoints,
    RedeemPoints,
    RedeemStamps,
    Stamp,
    VoidPoints,
    VoidStamps,
)


def _number(text: str) -> str:
    digits = text.replace("-", "").replace(" ", "")
    if len(digits) != 12 or not (digits.isascii() and digits.isdigit()):
        raise PydanticCustomError("bad-format", "a card number has 12 digits")
    return digits


_ONE_NAME = (
    "Exactly one of `card_id`, `qr` and `number` names the card; a void that names a transaction needs none"
)


class Naming(Body):
    """What is asked of a card: it is named by one of its names, or by none; and what is common to all."""

    store_id: UUID | None = Field(None, description="Where it happens; required of users, a till has its own")
    notes: Annotated[str, Paragraph(0, 500)] | None = Field(
        None, description="Kept beside the transaction, for people", examples=["Second visit today"]
    )
    dry_run: Flag = Field(False, description="The same answer, but nothing is kept; needs no key")

    card_id: UUID | None = Field(None, description=f"The card's id. {_ONE_NAME}")
    qr: Annotated[str, Line(1, 64)] | None = Field(
        None, description=f"The content of the card's QR code. {_ONE_NAME}"
    )
    number: Annotated[str, Line(12, 20), AfterValidator(_number)] | None = Field(
        None, description=f"The card's number, 12 digits with or without dashes. {_ONE_NAME}"
    )

    @model_validator(mode="after")
    def _one_card(self) -> Self:
        names = sum(name is not None for name in (self.card_id, self.qr, self.number))
        if names > 1 or (names == 0 and self._needs_card()):
            raise PydanticCustomError("exactly-one", "name the card by exactly one of card_id, qr and number")
        return self

    def _needs_card(self) -> bool:
        return False

    @property
    def card(self) -> UUID | str | int | None:
        """The card's name, as the ledger's accounts know it."""
        return self.card_id or self.qr or (int(self.number) if self.number else None)

    def command(self) -> Command:
        """What is asked."""
        raise NotImplementedError


class Move(Naming):
    """What every move names: the card by exactly one of its names."""

    def _needs_card(self) -> bool:
        return True


def _text(value: object) -> object:
    if value is not None and not isinstance(value, str):
        raise PydanticCustomError("wrong-type", "a time is a text")
    return value


def _utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise PydanticCustomError("too-small", "at most 24 hours ago") from None


#: Whether it is in its window is said after the key was looked up: a repeat may come later.
SaleAt = Annotated[
    Annotated[AwareDatetime, BeforeValidator(_text), AfterValidator(_utc)] | None,
    Field(description="When it was sold, by a till that was offline: at most 24 hours ago, 60 seconds ahead"),
]


class StampBody(Move):
    sale_at: SaleAt = None

    def command(self) -> Command:
        return Stamp(self.sale_at)


class RedeemStampsBody(Move):
    def command(self) -> Command:
        return RedeemStamps()


class EarnBody(Move):
    purchase_amount_cents: Annotated[Whole, Field(ge=1, le=100_000_000)] = Field(
        description="What was paid, in minor units of the currency", examples=[1250]
    )
    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = Field(
        description="The merchant's currency, ISO 4217: a safeguard, nothing is converted", examples=["EUR"]
    )
    order_reference: Annotated[str, Line(1, 64)] | None = Field(
        None,
        description="The order: it earns once per merchant. Required where the merchant's settings say so",
        examples=["A-1001"],
    )
    sale_at: SaleAt = None

    def command(self) -> Command:
        return EarnPoints(
            self.purchase_amount_cents, self.currency, self.order_reference, sale_at=self.sale_at
        )


class RedeemPointsBody(Move):
    reward_id: UUID = Field(description="The reward that is taken")

    def command(self) -> Command:
        return RedeemPoints(self.reward_id)


_DELTA = Field(ge=-100_000, le=100_000, description="How many more, or below zero how many less")


def _not_zero(delta: int) -> int:
    if delta == 0:
        raise PydanticCustomError("not-allowed", "zero corrects nothing")
    return delta


Delta = Annotated[Whole, _DELTA, AfterValidator(_not_zero)]
Reason = Annotated[str, Paragraph(1, 500)]


class AdjustStampsBody(Move):
    notes: Reason = Field(description="Why")
    stamps_delta: Delta

    def command(self) -> Command:
        return AdjustStamps(self.stamps_delta)


class AdjustPointsBody(Move):
    notes: Reason = Field(description="Why")
    points_delta: Delta

    def command(self) -> Command:
        return AdjustPoints(self.points_delta)


class VoidStampsBody(Naming):
    transaction_id: UUID | None = Field(None, description="The stamp or stamp reward to take back")
    stamps: Annotated[Whole, Field(ge=1, le=100)] | None = Field(
        None, description="How many of the card's newest stamps to take back; one by default"
    )

    def _needs_card(self) -> bool:
        return self.transaction_id is None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if self.transaction_id is not None and self.stamps is not None:
            raise PydanticCustomError("exactly-one", "name a transaction or a number of stamps")
        return self

    def command(self) -> Command:
        return VoidStamps(self.transaction_id, self.stamps or 1)


class VoidPointsBody(Naming):
    transaction_id: UUID | None = Field(None, description="The earning or redemption to take back")
    order_reference: Annotated[str, Line(1, 64)] | None = Field(
        None, description="The order whose earning is taken back"
    )
    amount_cents: Annotated[Whole, Field(ge=1, le=100_000_000)] | None = Field(
        None, description="How much of the purchase is returned; all that is left by default"
    )

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if (self.transaction_id is None) == (self.order_reference is None):
            raise PydanticCustomError("exactly-one", "name a transaction or an order reference")
        return self

    def command(self) -> Command:
        return VoidPoints(self.transaction_id, self.order_reference, self.amount_cents)


#: The moves: what is after the prefix, the body, what it does.
MOVES: dict[str, tuple[type[Naming], str, str]] = {
    "/stamp": (StampBody, "addStamp", "Add a stamp"),
    "/stamp/redeem": (RedeemStampsBody, "redeemStamps", "Take the stamp reward"),
    "/points/earn": (EarnBody, "earnPoints", "Give points for a purchase"),
    "/points/redeem": (RedeemPointsBody, "redeemPoints", "Take a reward for points"),
    "/stamp/adjust": (AdjustStampsBody, "adjustStamps", "Correct the stamps by hand"),
    "/points/adjust": (AdjustPointsBody, "adjustPoints", "Correct the points by hand"),
    "/stamp/void": (VoidStampsBody, "voidStamps", "Take stamps or a stamp reward back"),
    "/points/void": (VoidPointsBody, "voidPoints", "Take an earning or a reward back"),
}
