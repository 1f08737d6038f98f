from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="RewardChanges")


@_attrs_define
class RewardChanges:
    description: str | Unset = UNSET
    """ What it is """
    image_url: str | Unset | None = UNSET
    """ A picture; https """
    is_active: bool | Unset = UNSET
    """ Whether it is offered """
    max_per_card: int | Unset | None = UNSET
    """ How many one card may take; null: no limit """
    name: str | Unset = UNSET
    """ The name that people see """
    points_required: int | Unset = UNSET
    """ What it costs """
    sort_order: int | Unset = UNSET
    """ Smaller ones are shown first """
    stock: int | Unset | None = UNSET
    """ How many are offered in all; null: no limit """
    valid_from: datetime.datetime | Unset | None = UNSET
    """ From this instant on """
    valid_until: datetime.datetime | Unset | None = UNSET
    """ Before this instant """
    value_cents: int | Unset | None = UNSET
    """ What it is worth, in minor units """

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        image_url: str | Unset | None
        if isinstance(self.image_url, Unset):
            image_url = UNSET
        else:
            image_url = self.image_url

        is_active = self.is_active

        max_per_card: int | Unset | None
        if isinstance(self.max_per_card, Unset):
            max_per_card = UNSET
        else:
            max_per_card = self.max_per_card

        name = self.name

        points_required = self.points_required

        sort_order = self.sort_order

        stock: int | Unset | None
        if isinstance(self.stock, Unset):
            stock = UNSET
        else:
            stock = self.stock

        valid_from: str | Unset | None
        if isinstance(self.valid_from, Unset):
            valid_from = UNSET
        elif isinstance(self.valid_from, datetime.datetime):
            valid_from = self.valid_from.isoformat()
        else:
            valid_from = self.valid_from

        valid_until: str | Unset | None
        if isinstance(self.valid_until, Unset):
            valid_until = UNSET
        elif isinstance(self.valid_until, datetime.datetime):
            valid_until = self.valid_until.isoformat()
        else:
            valid_until = self.valid_until

        value_cents: int | Unset | None
        if isinstance(self.value_cents, Unset):
            value_cents = UNSET
        else:
            value_cents = self.value_cents

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if description is not UNSET:
            field_dict["description"] = description
        if image_url is not UNSET:
            field_dict["image_url"] = image_url
        if is_active is not UNSET:
            field_dict["is_active"] = is_active
        if max_per_card is not UNSET:
            field_dict["max_per_card"] = max_per_card
        if name is not UNSET:
            field_dict["name"] = name
        if points_required is not UNSET:
            field_dict["points_required"] = points_required
        if sort_order is not UNSET:
            field_dict["sort_order"] = sort_order
        if stock is not UNSET:
            field_dict["stock"] = stock
        if valid_from is not UNSET:
            field_dict["valid_from"] = valid_from
        if valid_until is not UNSET:
            field_dict["valid_until"] = valid_until
        if value_cents is not UNSET:
            field_dict["value_cents"] = value_cents

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        description = d.pop("description", UNSET)

        def _parse_image_url(data: object) -> str | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        image_url = _parse_image_url(d.pop("image_url", UNSET))

        is_active = d.pop("is_active", UNSET)

        def _parse_max_per_card(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        max_per_card = _parse_max_per_card(d.pop("max_per_card", UNSET))

        name = d.pop("name", UNSET)

        points_required = d.pop("points_required", UNSET)

        sort_order = d.pop("sort_order", UNSET)

        def _parse_stock(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        stock = _parse_stock(d.pop("stock", UNSET))

        def _parse_valid_from(data: object) -> datetime.datetime | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                valid_from_type_0 = datetime.datetime.fromisoformat(data)

                return valid_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        valid_from = _parse_valid_from(d.pop("valid_from", UNSET))

        def _parse_valid_until(data: object) -> datetime.datetime | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                valid_until_type_0 = datetime.datetime.fromisoformat(data)

                return valid_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        valid_until = _parse_valid_until(d.pop("valid_until", UNSET))

        def _parse_value_cents(data: object) -> int | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        value_cents = _parse_value_cents(d.pop("value_cents", UNSET))

        reward_changes = cls(
            description=description,
            image_url=image_url,
            is_active=is_active,
            max_per_card=max_per_card,
            name=name,
            points_required=points_required,
            sort_order=sort_order,
            stock=stock,
            valid_from=valid_from,
            valid_until=valid_until,
            value_cents=value_cents,
        )

        return reward_changes
