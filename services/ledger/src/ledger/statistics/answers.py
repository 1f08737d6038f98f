"""What routes of statistics answer, and what OpenAPI says of it."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from contracts.event import Instant
from contracts.problem import Forbidden, Refusal, Unauthenticated, UpstreamUnavailable, ValidationFailed
from kit import described

_ID = "01936f5e-7c00-7a3b-9c1d-2f4b6a8c0e12"
_AS_OF = "2026-11-20T10:00:00.000000Z"
Owed = Annotated[
    int | None,
    Field(
        description="What is outstanding, in minor units of the merchant's currency, rounded down once;"
        " the part whose value is known, null when none is",
        examples=[125000],
    ),
]
AsOf = Annotated[Instant, Field(description="Until when all was counted", examples=[_AS_OF])]


def _count(words: str, example: int) -> Any:
    return Field(description=words, examples=[example])


class Figures(BaseModel):
    """Cards, balances and liability by the store they enrolled at; rows by the store they were made at."""

    model_config = ConfigDict(extra="forbid")

    cards_total: int = _count("Live cards", 2000)
    cards_active: int = _count("Live cards that are switched on", 1980)
    cards_active_30d: int = _count("Cards with a stamp, earning or redemption in the last 30 days", 1210)
    enrolled_30d: int = _count("Cards that enrolled in the last 30 days", 140)
    transactions_30d: int = _count("Rows of the last 30 days", 5310)
    stamps_issued: int = _count("Stamps earned", 18200)
    stamps_redeemed: int = _count("Stamps taken by redemptions, less voided ones", 12100)
    stamps_outstanding: int = _count("Stamps on cards", 6010)
    points_issued: int = _count("Points earned, and bonus", 91000)
    points_redeemed: int = _count("Points taken by redemptions, less voided ones", 40200)
    points_voided: int = _count("Points of earnings that were voided", 800)
    points_expired: int = _count("Points that expired", 2500)
    points_outstanding: int = _count("Points on cards", 47500)
    rewards_redeemed: int = _count("Stamp and point rewards taken, less voided ones", 1390)
    redemption_rate: float | None = Field(
        description="Points redeemed ÷ issued, of stamps programs stamps; null when nothing was issued",
        examples=[0.4418],
    )
    liability_cents: Owed


class StoreFigures(Figures):
    """The figures of one store; `store_id` is null for what was done at none."""

    store_id: UUID | None = Field(description="The store", examples=[_ID])
    store_name: str | None = Field(description="Its name", examples=["Gare"])


class ProgramTotals(Figures):
    """The figures of one program."""

    currency: str = Field(description="What money is counted in", examples=["EUR"])
    as_of: AsOf


class ProgramFigures(Figures):
    """The figures of one program, and of each store."""

    program_id: UUID = Field(description="The program", examples=[_ID])
    merchant_id: UUID = Field(description="Whose it is", examples=[_ID])
    store_id: UUID | None = Field(description="The store that was asked for; null for all", examples=[None])
    currency: str = Field(description="What money is counted in", examples=["EUR"])
    as_of: AsOf
    stores: list[StoreFigures] = Field(description="Per store, by name")


class Liability(BaseModel):
    """What is outstanding in one currency."""

    currency: str = Field(description="ISO 4217", examples=["EUR"])
    liability_cents: int = _count("In its minor units", 125000)


class PlatformFigures(Figures):
    """The figures of all programs. `liability_cents` is null when there are several currencies."""

    merchants: int = _count("Live merchants", 3)
    stores: int = _count("Live stores", 12)
    programs: int = _count("Live programs", 3)
    liability: list[Liability] = Field(description="Per currency")
    as_of: AsOf


class Overview(BaseModel):
    """The figures of a merchant's detail page."""

    merchant_id: UUID = Field(description="The merchant", examples=[_ID])
    stores_total: int = _count("Live stores", 4)
    staff_total: int = _count("Live staff members", 11)
    rewards_total: int = _count("Active rewards of the live program", 5)
    program: ProgramFigures | None = Field(description="Of the live program; null without one")
    as_of: AsOf


class Missing(BaseModel):
    """A part that a service did not answer for."""

    part: str = Field(description="What is missing", examples=["names"])
    reason: str = Field(description="Why", examples=["upstream-unavailable"])


class ReportAnswer(BaseModel):
    """A report; its rows hold the columns that are named for it."""

    model_config = ConfigDict(populate_by_name=True)

    report: str = Field(description="Which", examples=["activity"])
    first: date = Field(alias="from", description="The first day, the merchant's", examples=["2026-10-22"])
    last: date = Field(alias="to", description="The last day", examples=["2026-11-20"])
    as_of: AsOf
    missing: list[Missing] = Field(description="What could not be had; it is null in the rows, never zero")
    rows: list[dict[str, Any]] = Field(description="The rows")


_ALWAYS: tuple[type[Refusal], ...] = (Unauthenticated, Forbidden, ValidationFailed, UpstreamUnavailable)


def problems(*kinds: type[Refusal]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route that may refuse so, besides what every one may."""
    return described.problems(*_ALWAYS, *kinds)
