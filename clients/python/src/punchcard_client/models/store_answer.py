from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="StoreAnswer")


@_attrs_define
class StoreAnswer:
    address: str | None
    """ Street and number, as people write it """
    city: str | None
    """ The town """
    code: str
    """ Unique among the merchant's stores """
    country: str | None
    """ ISO 3166-1 alpha-2 """
    created_at: datetime.datetime
    """ When it was made """
    deleted_at: datetime.datetime | None
    """ When it was deleted; null while it is live """
    deleted_by: UUID | None
    """ The user who deleted it """
    id: UUID
    """ Its id """
    latitude: float | None
    """ Degrees north; only with a longitude """
    longitude: float | None
    """ Degrees east; only with a latitude """
    merchant_id: UUID
    """ The merchant's id """
    name: str
    """ The name that people see """
    timezone: str | None
    """ For display; days are the merchant's """
    updated_at: datetime.datetime
    """ When it was changed last """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        address: str | None
        address = self.address

        city: str | None
        city = self.city

        code = self.code

        country: str | None
        country = self.country

        created_at = self.created_at.isoformat()

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

        id = str(self.id)

        latitude: float | None
        latitude = self.latitude

        longitude: float | None
        longitude = self.longitude

        merchant_id = str(self.merchant_id)

        name = self.name

        timezone: str | None
        timezone = self.timezone

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "address": address,
                "city": city,
                "code": code,
                "country": country,
                "created_at": created_at,
                "deleted_at": deleted_at,
                "deleted_by": deleted_by,
                "id": id,
                "latitude": latitude,
                "longitude": longitude,
                "merchant_id": merchant_id,
                "name": name,
                "timezone": timezone,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_address(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        address = _parse_address(d.pop("address"))

        def _parse_city(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        city = _parse_city(d.pop("city"))

        code = d.pop("code")

        def _parse_country(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        country = _parse_country(d.pop("country"))

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

        id = UUID(d.pop("id"))

        def _parse_latitude(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        latitude = _parse_latitude(d.pop("latitude"))

        def _parse_longitude(data: object) -> float | None:
            if data is None:
                return data
            return cast(float | None, data)

        longitude = _parse_longitude(d.pop("longitude"))

        merchant_id = UUID(d.pop("merchant_id"))

        name = d.pop("name")

        def _parse_timezone(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        timezone = _parse_timezone(d.pop("timezone"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        store_answer = cls(
            address=address,
            city=city,
            code=code,
            country=country,
            created_at=created_at,
            deleted_at=deleted_at,
            deleted_by=deleted_by,
            id=id,
            latitude=latitude,
            longitude=longitude,
            merchant_id=merchant_id,
            name=name,
            timezone=timezone,
            updated_at=updated_at,
        )

        store_answer.additional_properties = d
        return store_answer

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
