from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

T = TypeVar("T", bound="StoreFigures")


@_attrs_define
class StoreFigures:
    """The figures of one store; `store_id` is null for what was done at none."""

    cards_active: int
    """ Live cards that are switched on """
    cards_active_30d: int
    """ Cards with a stamp, earning or redemption in the last 30 days """
    cards_total: int
    """ Live cards """
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
    store_id: UUID | None
    """ The store """
    store_name: str | None
    """ Its name """
    transactions_30d: int
    """ Rows of the last 30 days """

    def to_dict(self) -> dict[str, Any]:
        cards_active = self.cards_active

        cards_active_30d = self.cards_active_30d

        cards_total = self.cards_total

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

        store_id: str | None
        if isinstance(self.store_id, UUID):
            store_id = str(self.store_id)
        else:
            store_id = self.store_id

        store_name: str | None
        store_name = self.store_name

        transactions_30d = self.transactions_30d

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "cards_active": cards_active,
                "cards_active_30d": cards_active_30d,
                "cards_total": cards_total,
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
                "store_id": store_id,
                "store_name": store_name,
                "transactions_30d": transactions_30d,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        cards_active = d.pop("cards_active")

        cards_active_30d = d.pop("cards_active_30d")

        cards_total = d.pop("cards_total")

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

        def _parse_store_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                store_id_type_0 = UUID(data)

                return store_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        store_id = _parse_store_id(d.pop("store_id"))

        def _parse_store_name(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        store_name = _parse_store_name(d.pop("store_name"))

        transactions_30d = d.pop("transactions_30d")

        store_figures = cls(
            cards_active=cards_active,
            cards_active_30d=cards_active_30d,
            cards_total=cards_total,
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
            store_id=store_id,
            store_name=store_name,
            transactions_30d=transactions_30d,
        )

        return store_figures
