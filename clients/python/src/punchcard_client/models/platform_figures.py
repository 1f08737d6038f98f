from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.liability import Liability


T = TypeVar("T", bound="PlatformFigures")


@_attrs_define
class PlatformFigures:
    """The figures of all programs. `liability_cents` is null when there are several currencies."""

    as_of: datetime.datetime
    """ Until when all was counted """
    cards_active: int
    """ Live cards that are switched on """
    cards_active_30d: int
    """ Cards with a stamp, earning or redemption in the last 30 days """
    cards_total: int
    """ Live cards """
    enrolled_30d: int
    """ Cards that enrolled in the last 30 days """
    liability: list[Liability]
    """ Per currency """
    liability_cents: int | None
    """ What is outstanding, in minor units of the merchant's currency, rounded down once; the part whose value is
    known, null when none is """
    merchants: int
    """ Live merchants """
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
    programs: int
    """ Live programs """
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
    stores: int
    """ Live stores """
    transactions_30d: int
    """ Rows of the last 30 days """

    def to_dict(self) -> dict[str, Any]:
        as_of = self.as_of.isoformat()

        cards_active = self.cards_active

        cards_active_30d = self.cards_active_30d

        cards_total = self.cards_total

        enrolled_30d = self.enrolled_30d

        liability = []
        for liability_item_data in self.liability:
            liability_item = liability_item_data.to_dict()
            liability.append(liability_item)

        liability_cents: int | None
        liability_cents = self.liability_cents

        merchants = self.merchants

        points_expired = self.points_expired

        points_issued = self.points_issued

        points_outstanding = self.points_outstanding

        points_redeemed = self.points_redeemed

        points_voided = self.points_voided

        programs = self.programs

        redemption_rate: float | None
        redemption_rate = self.redemption_rate

        rewards_redeemed = self.rewards_redeemed

        stamps_issued = self.stamps_issued

        stamps_outstanding = self.stamps_outstanding

        stamps_redeemed = self.stamps_redeemed

        stores = self.stores

        transactions_30d = self.transactions_30d

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "as_of": as_of,
                "cards_active": cards_active,
                "cards_active_30d": cards_active_30d,
                "cards_total": cards_total,
                "enrolled_30d": enrolled_30d,
                "liability": liability,
                "liability_cents": liability_cents,
                "merchants": merchants,
                "points_expired": points_expired,
                "points_issued": points_issued,
                "points_outstanding": points_outstanding,
                "points_redeemed": points_redeemed,
                "points_voided": points_voided,
                "programs": programs,
                "redemption_rate": redemption_rate,
                "rewards_redeemed": rewards_redeemed,
                "stamps_issued": stamps_issued,
                "stamps_outstanding": stamps_outstanding,
                "stamps_redeemed": stamps_redeemed,
                "stores": stores,
                "transactions_30d": transactions_30d,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.liability import Liability

        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        cards_active = d.pop("cards_active")

        cards_active_30d = d.pop("cards_active_30d")

        cards_total = d.pop("cards_total")

        enrolled_30d = d.pop("enrolled_30d")

        liability = []
        _liability = d.pop("liability")
        for liability_item_data in _liability:
            liability_item = Liability.from_dict(liability_item_data)

            liability.append(liability_item)

        def _parse_liability_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        liability_cents = _parse_liability_cents(d.pop("liability_cents"))

        merchants = d.pop("merchants")

        points_expired = d.pop("points_expired")

        points_issued = d.pop("points_issued")

        points_outstanding = d.pop("points_outstanding")

        points_redeemed = d.pop("points_redeemed")

        points_voided = d.pop("points_voided")

        programs = d.pop("programs")

        def _parse_redemption_rate(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        redemption_rate = _parse_redemption_rate(d.pop("redemption_rate"))

        rewards_redeemed = d.pop("rewards_redeemed")

        stamps_issued = d.pop("stamps_issued")

        stamps_outstanding = d.pop("stamps_outstanding")

        stamps_redeemed = d.pop("stamps_redeemed")

        stores = d.pop("stores")

        transactions_30d = d.pop("transactions_30d")

        platform_figures = cls(
            as_of=as_of,
            cards_active=cards_active,
            cards_active_30d=cards_active_30d,
            cards_total=cards_total,
            enrolled_30d=enrolled_30d,
            liability=liability,
            liability_cents=liability_cents,
            merchants=merchants,
            points_expired=points_expired,
            points_issued=points_issued,
            points_outstanding=points_outstanding,
            points_redeemed=points_redeemed,
            points_voided=points_voided,
            programs=programs,
            redemption_rate=redemption_rate,
            rewards_redeemed=rewards_redeemed,
            stamps_issued=stamps_issued,
            stamps_outstanding=stamps_outstanding,
            stamps_redeemed=stamps_redeemed,
            stores=stores,
            transactions_30d=transactions_30d,
        )

        return platform_figures
