from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AdminCard")


@_attrs_define
class AdminCard:
    """A card as admins see it: nothing of the person."""

    card_number: str
    """ Number as printed """
    created_at: datetime.datetime
    """ When it was made """
    customer_id: UUID
    """ Who holds it """
    deleted_at: datetime.datetime | None
    """ When it was deleted """
    deleted_by: UUID | None
    """ The user who deleted it """
    enrolled_at_store_id: UUID | None
    """ Where it was handed out """
    id: UUID
    """ The card """
    merchant_id: UUID
    """ Whose program it belongs to """
    program_id: UUID
    """ The program """
    status: str
    """ `active` or `inactive` """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        card_number = self.card_number

        created_at = self.created_at.isoformat()

        customer_id = str(self.customer_id)

        deleted_at: str | None
        if isinstance(self.deleted_at, datetime.datetime):
            deleted_at = self.deleted_at.isoformat()
        else:
            deleted_at = self.deleted_at

        deleted_by: str | None
        if isinstance(self.deleted_by, UUID):
            deleted_by = str(self.deleted_by)
        else:
            deleted_by = self.deleted_by

        enrolled_at_store_id: str | None
        if isinstance(self.enrolled_at_store_id, UUID):
            enrolled_at_store_id = str(self.enrolled_at_store_id)
        else:
            enrolled_at_store_id = self.enrolled_at_store_id

        id = str(self.id)

        merchant_id = str(self.merchant_id)

        program_id = str(self.program_id)

        status = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "card_number": card_number,
                "created_at": created_at,
                "customer_id": customer_id,
                "deleted_at": deleted_at,
                "deleted_by": deleted_by,
                "enrolled_at_store_id": enrolled_at_store_id,
                "id": id,
                "merchant_id": merchant_id,
                "program_id": program_id,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        card_number = d.pop("card_number")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        customer_id = UUID(d.pop("customer_id"))

        def _parse_deleted_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deleted_at_type_0 = datetime.datetime.fromisoformat(data)

                return deleted_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        deleted_at = _parse_deleted_at(d.pop("deleted_at"))

        def _parse_deleted_by(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deleted_by_type_0 = UUID(data)

                return deleted_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        deleted_by = _parse_deleted_by(d.pop("deleted_by"))

        def _parse_enrolled_at_store_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                enrolled_at_store_id_type_0 = UUID(data)

                return enrolled_at_store_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        enrolled_at_store_id = _parse_enrolled_at_store_id(d.pop("enrolled_at_store_id"))

        id = UUID(d.pop("id"))

        merchant_id = UUID(d.pop("merchant_id"))

        program_id = UUID(d.pop("program_id"))

        status = d.pop("status")

        admin_card = cls(
            card_number=card_number,
            created_at=created_at,
            customer_id=customer_id,
            deleted_at=deleted_at,
            deleted_by=deleted_by,
            enrolled_at_store_id=enrolled_at_store_id,
            id=id,
            merchant_id=merchant_id,
            program_id=program_id,
            status=status,
        )

        admin_card.additional_properties = d
        return admin_card

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
