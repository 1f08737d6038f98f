from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.archived_card_status import ArchivedCardStatus, check_archived_card_status

T = TypeVar("T", bound="ArchivedCard")


@_attrs_define
class ArchivedCard:
    """A card with all that is kept of it here."""

    card_number: str
    """ Number as printed """
    created_at: datetime.datetime
    """ When it was made """
    deleted_at: datetime.datetime | None
    """ When it was deleted """
    enrolled_at_store_id: UUID | None
    """ Where it was handed out """
    id: UUID
    """ The card """
    program_id: UUID
    """ Its program """
    qr_code: str
    """ What its QR code holds """
    status: ArchivedCardStatus
    """ Whether it works """
    via: str
    """ How it was handed out: till, user or public """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        card_number = self.card_number

        created_at = self.created_at.isoformat()

        deleted_at: str | None
        if isinstance(self.deleted_at, datetime.datetime):
            deleted_at = self.deleted_at.isoformat()
        else:
            deleted_at = self.deleted_at

        enrolled_at_store_id: str | None
        if isinstance(self.enrolled_at_store_id, UUID):
            enrolled_at_store_id = str(self.enrolled_at_store_id)
        else:
            enrolled_at_store_id = self.enrolled_at_store_id

        id = str(self.id)

        program_id = str(self.program_id)

        qr_code = self.qr_code

        status: str = self.status

        via = self.via

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "card_number": card_number,
                "created_at": created_at,
                "deleted_at": deleted_at,
                "enrolled_at_store_id": enrolled_at_store_id,
                "id": id,
                "program_id": program_id,
                "qr_code": qr_code,
                "status": status,
                "via": via,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        card_number = d.pop("card_number")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

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

        program_id = UUID(d.pop("program_id"))

        qr_code = d.pop("qr_code")

        status = check_archived_card_status(d.pop("status"))

        via = d.pop("via")

        archived_card = cls(
            card_number=card_number,
            created_at=created_at,
            deleted_at=deleted_at,
            enrolled_at_store_id=enrolled_at_store_id,
            id=id,
            program_id=program_id,
            qr_code=qr_code,
            status=status,
            via=via,
        )

        archived_card.additional_properties = d
        return archived_card

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
