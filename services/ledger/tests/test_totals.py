"""What `verify` knows of totals and voids, without a database."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from ledger.chain import TYPE_NUMBERS
from ledger.totals import COLUMNS, Totals


def row(number: int, kind: str, **changes: Any) -> dict[str, Any]:
    return {
        "id": UUID(int=number), "type": TYPE_NUMBERS[kind], "stamps_delta": 0, "points_delta": 0,
        "owed_repaid": None, "shortfall": None, "voids_transaction_id": None, "voided_amount_cents": None,
        "purchase_amount_cents": None, **changes,
    }  # fmt: skip


def an_account(**changes: Any) -> dict[str, Any]:
    return dict.fromkeys(COLUMNS.split(", "), 0) | {"is_active": True} | changes


def earned(number: int = 1) -> dict[str, Any]:
    return row(number, "points_earned", points_delta=99, purchase_amount_cents=999)


def voided(number: int, of: int, **changes: Any) -> dict[str, Any]:
    return row(number, "points_voided", voids_transaction_id=UUID(int=of), **changes)


def taken(*rows: dict[str, Any]) -> tuple[Totals, list[str | None]]:
    totals = Totals()
    return totals, [totals.take(each) for each in rows]


def test_a_purchase_returned_in_parts_with_a_shortfall_is_right() -> None:
    totals, wrong = taken(
        earned(),
        row(2, "points_redeemed", points_delta=-60),
        voided(3, 1, points_delta=-39, shortfall=10, voided_amount_cents=500),
        voided(4, 1, points_delta=0, shortfall=50, voided_amount_cents=499),
        voided(5, 2, points_delta=60),
        row(6, "card_deactivated"),
    )
    good = an_account(total_points_earned=99, total_points_voided=39, points_owed=60, is_active=False)

    assert wrong == [None] * 6
    assert totals.differs(good) is None
    bad = {"total_points_voided": 99, "points_owed": 61, "is_active": True, "points_redeemed": 60}
    for name, value in bad.items():
        assert name in (totals.differs({**good, name: value}) or "")


@pytest.mark.parametrize(
    "bad",
    [
        voided(2, 1, points_delta=-50, voided_amount_cents=500),
        voided(2, 1, points_delta=-99, voided_amount_cents=1000),
        voided(2, 7, points_delta=-99, voided_amount_cents=999),
        row(2, "stamp_voided", voids_transaction_id=UUID(int=1)),
        row(2, "points_voided"),
    ],
)
def test_a_void_that_takes_back_what_it_may_not_is_found(bad: dict[str, Any]) -> None:
    _, wrong = taken(earned(), bad)
    assert wrong[0] is None
    assert wrong[1] is not None


def test_a_stamp_taken_back_twice_is_found() -> None:
    void = {"voids_transaction_id": UUID(int=1), "stamps_delta": -1}
    _, wrong = taken(
        row(1, "stamp_earned", stamps_delta=1), row(2, "stamp_voided", **void), row(3, "stamp_voided", **void)
    )
    assert [each is None for each in wrong] == [True, True, False]
