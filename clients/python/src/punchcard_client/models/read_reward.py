from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ReadReward")


@_attrs_define
class ReadReward:
    """A reward as it is read: the gateway adds its `stock_left`, which the ledger counts."""

    created_at: datetime.datetime
    """ When it was made """
    description: str
    """ What it is """
    id: UUID
    """ Its id """
    image_url: str | None
    """ A picture; https """
    is_active: bool
    """ Whether it is offered """
    max_per_card: int | None
    """ How many one card may take; null: no limit """
    name: str
    """ The name that people see """
    points_required: int
    """ What it costs """
    program_id: UUID
    """ The program that it belongs to """
    sort_order: int
    """ Smaller ones are shown first """
    stock: int | None
    """ How many are offered in all; null: no limit """
    stock_left: int | None
    """ How many there still are; null: no limit """
    updated_at: datetime.datetime
    """ When it was changed last """
    valid_from: datetime.datetime | None
    """ From this instant on """
    valid_until: datetime.datetime | None
    """ Before this instant """
    value_cents: int | None
    """ What it is worth, in minor units """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        description = self.description

        id = str(self.id)

        image_url: str | None
        image_url = self.image_url

        is_active = self.is_active

        max_per_card: int | None
        max_per_card = self.max_per_card

        name = self.name

        points_required = self.points_required

        program_id = str(self.program_id)

        sort_order = self.sort_order

        stock: int | None
        stock = self.stock

        stock_left: int | None
        stock_left = self.stock_left

        updated_at = self.updated_at.isoformat()

        valid_from: str | None
        if isinstance(self.valid_from, datetime.datetime):
            valid_from = self.valid_from.isoformat()
        else:
            valid_from = self.valid_from

        valid_until: str | None
        if isinstance(self.valid_until, datetime.datetime):
            valid_until = self.valid_until.isoformat()
        else:
            valid_until = self.valid_until

        value_cents: int | None
        value_cents = self.value_cents

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "description": description,
                "id": id,
                "image_url": image_url,
                "is_active": is_active,
                "max_per_card": max_per_card,
                "name": name,
                "points_required": points_required,
                "program_id": program_id,
                "sort_order": sort_order,
                "stock": stock,
                "stock_left": stock_left,
                "updated_at": updated_at,
                "valid_from": valid_from,
                "valid_until": valid_until,
                "value_cents": value_cents,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        description = d.pop("description")

        id = UUID(d.pop("id"))

        def _parse_image_url(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        image_url = _parse_image_url(d.pop("image_url"))

        is_active = d.pop("is_active")

        def _parse_max_per_card(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_per_card = _parse_max_per_card(d.pop("max_per_card"))

        name = d.pop("name")

        points_required = d.pop("points_required")

        program_id = UUID(d.pop("program_id"))

        sort_order = d.pop("sort_order")

        def _parse_stock(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        stock = _parse_stock(d.pop("stock"))

        def _parse_stock_left(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        stock_left = _parse_stock_left(d.pop("stock_left"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        def _parse_valid_from(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                valid_from_type_0 = datetime.datetime.fromisoformat(data)

                return valid_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        valid_from = _parse_valid_from(d.pop("valid_from"))

        def _parse_valid_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                valid_until_type_0 = datetime.datetime.fromisoformat(data)

                return valid_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        valid_until = _parse_valid_until(d.pop("valid_until"))

        def _parse_value_cents(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        value_cents = _parse_value_cents(d.pop("value_cents"))

        read_reward = cls(
            created_at=created_at,
            description=description,
            id=id,
            image_url=image_url,
            is_active=is_active,
            max_per_card=max_per_card,
            name=name,
            points_required=points_required,
            program_id=program_id,
            sort_order=sort_order,
            stock=stock,
            stock_left=stock_left,
            updated_at=updated_at,
            valid_from=valid_from,
            valid_until=valid_until,
            value_cents=value_cents,
        )

        read_reward.additional_properties = d
        return read_reward

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
