from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="ProgramTotals")


@_attrs_define
class ProgramTotals:
    """The figures of one program"""

    as_of: datetime.datetime
    """ Until when all was counted """
    cards_active: int
    """ Live cards that are switched on """
    cards_active_30d: int
    """ Cards with a stamp, earning or redemption in the last 30 days """
    cards_total: int
    """ Live cards """
    currency: str
    """ What money is counted in """
    enrolled_30d: int
    """ Cards that enrolled in the last 30 days """
    liability_cents: int | None
    """ What is outstanding, in minor units of the merchant's currency, rounded down once; the part whose value is
    known, null when none is """
    points_expired: int
    """ Points that expired """
    points_issued: int
    """ Points earned, and bonus """
    points_outstanding: int
    """ Points on cards """
    points_redeemed: int
    """ Points taken by redemptions, less voided ones """
    points_voided: int
    """ Points of earnings that were voided """
    redemption_rate: float | None
    """ Points redeemed ÷ issued, of stamps programs stamps; null when nothing was issued """
    rewards_redeemed: int
    """ Stamp and point rewards taken, less voided ones """
    stamps_issued: int
    """ Stamps earned """
    stamps_outstanding: int
    """ Stamps on cards """
    stamps_redeemed: int
    """ Stamps taken by redemptions, less voided ones """
    transactions_30d: int
    """ Rows of the last 30 days """

    def to_dict(self) -> dict[str, Any]:
        as_of = self.as_of.isoformat()

        cards_active = self.cards_active

        cards_active_30d = self.cards_active_30d

        cards_total = self.cards_total

        currency = self.currency

        enrolled_30d = self.enrolled_30d

        liability_cents: int | None
        liability_cents = self.liability_cents

        points_expired = self.points_expired

        points_issued = self.points_issued

        points_outstanding = self.points_outstanding

        points_redeemed = self.points_redeemed

        points_voided = self.points_voided

        redemption_rate: float | None
        redemption_rate = self.redemption_rate

        rewards_redeemed = self.rewards_redeemed

        stamps_issued = self.stamps_issued

        stamps_outstanding = self.stamps_outstanding

        stamps_redeemed = self.stamps_redeemed

        transactions_30d = self.transactions_30d

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "as_of": as_of,
                "cards_active": cards_active,
                "cards_active_30d": cards_active_30d,
                "cards_total": cards_total,
                "currency": currency,
                "enrolled_30d": enrolled_30d,
                "liability_cents": liability_cents,
                "points_expired": points_expired,
                "points_issued": points_issued,
                "points_outstanding": points_outstanding,
                "points_redeemed": points_redeemed,
                "points_voided": points_voided,
                "redemption_rate": redemption_rate,
                "rewards_redeemed": rewards_redeemed,
                "stamps_issued": stamps_issued,
                "stamps_outstanding": stamps_outstanding,
                "stamps_redeemed": stamps_redeemed,
                "transactions_30d": transactions_30d,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        cards_active = d.pop("cards_active")

        cards_active_30d = d.pop("cards_active_30d")

        cards_total = d.pop("cards_total")

        currency = d.pop("currency")

        enrolled_30d = d.pop("enrolled_30d")

        def _parse_liability_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        liability_cents = _parse_liability_cents(d.pop("liability_cents"))

        points_expired = d.pop("points_expired")

        points_issued = d.pop("points_issued")

        points_outstanding = d.pop("points_outstanding")

        points_redeemed = d.pop("points_redeemed")

        points_voided = d.pop("points_voided")

        def _parse_redemption_rate(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        redemption_rate = _parse_redemption_rate(d.pop("redemption_rate"))

        rewards_redeemed = d.pop("rewards_redeemed")

        stamps_issued = d.pop("stamps_issued")

        stamps_outstanding = d.pop("stamps_outstanding")

        stamps_redeemed = d.pop("stamps_redeemed")

        transactions_30d = d.pop("transactions_30d")

        program_totals = cls(
            as_of=as_of,
            cards_active=cards_active,
            cards_active_30d=cards_active_30d,
            cards_total=cards_total,
            currency=currency,
            enrolled_30d=enrolled_30d,
            liability_cents=liability_cents,
            points_expired=points_expired,
            points_issued=points_issued,
            points_outstanding=points_outstanding,
            points_redeemed=points_redeemed,
            points_voided=points_voided,
            redemption_rate=redemption_rate,
            rewards_redeemed=rewards_redeemed,
            stamps_issued=stamps_issued,
            stamps_outstanding=stamps_outstanding,
            stamps_redeemed=stamps_redeemed,
            transactions_30d=transactions_30d,
        )

        return program_totals
