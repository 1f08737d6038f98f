from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="HistoryLine")


@_attrs_define
class HistoryLine:
    """A row of the past, as an import takes it."""

    at: datetime.datetime
    """ When it was """
    card: str
    """ The card's number """
    currency: str | None
    """ In which currency """
    order_reference: str | None
    """ For which order """
    points: int
    """ Points it moved """
    purchase_amount_cents: int | None
    """ What was paid """
    reference: str
    """ The row's own name, or its id """
    stamps: int
    """ Stamps it moved """
    store_code: str | None
    """ Where it was """
    type_: str
    """ What it was """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        at = self.at.isoformat()

        card = self.card

        currency: str | None
        currency = self.currency

        order_reference: str | None
        order_reference = self.order_reference

        points = self.points

        purchase_amount_cents: int | None
        purchase_amount_cents = self.purchase_amount_cents

        reference = self.reference

        stamps = self.stamps

        store_code: str | None
        store_code = self.store_code

        type_ = self.type_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "at": at,
                "card": card,
                "currency": currency,
                "order_reference": order_reference,
                "points": points,
                "purchase_amount_cents": purchase_amount_cents,
                "reference": reference,
                "stamps": stamps,
                "store_code": store_code,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        at = datetime.datetime.fromisoformat(d.pop("at"))

        card = d.pop("card")

        def _parse_currency(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        currency = _parse_currency(d.pop("currency"))

        def _parse_order_reference(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        order_reference = _parse_order_reference(d.pop("order_reference"))

        points = d.pop("points")

        def _parse_purchase_amount_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        purchase_amount_cents = _parse_purchase_amount_cents(d.pop("purchase_amount_cents"))

        reference = d.pop("reference")

        stamps = d.pop("stamps")

        def _parse_store_code(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        store_code = _parse_store_code(d.pop("store_code"))

        type_ = d.pop("type")

        history_line = cls(
            at=at,
            card=card,
            currency=currency,
            order_reference=order_reference,
            points=points,
            purchase_amount_cents=purchase_amount_cents,
            reference=reference,
            stamps=stamps,
            store_code=store_code,
            type_=type_,
        )

        history_line.additional_properties = d
        return history_line

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
