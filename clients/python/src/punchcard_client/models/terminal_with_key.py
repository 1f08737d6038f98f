from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.terminal_with_key_environment import (
    TerminalWithKeyEnvironment,
    check_terminal_with_key_environment,
)

if TYPE_CHECKING:
    from ..models.key_shown import KeyShown


T = TypeVar("T", bound="TerminalWithKey")


@_attrs_define
class TerminalWithKey:
    api_key: str | None
    """ Shown this once; null in a replay """
    created_at: datetime.datetime
    """ When it was made """
    deleted_at: datetime.datetime | None
    """ When it was deleted; seen only where asked for """
    deleted_by: UUID | None
    """ The user who deleted it; seen only where asked for """
    environment: TerminalWithKeyEnvironment
    """ live or test """
    id: UUID
    """ The terminal's id """
    keys: list[KeyShown]
    """ Its live API keys: one, or two after a rotation """
    last_used_at: datetime.datetime | None
    """ When it called last, to half a minute """
    merchant_id: UUID
    """ The merchant that it belongs to """
    name: str
    """ What people call it """
    store_id: UUID
    """ The store where it stands """
    updated_at: datetime.datetime
    """ When it was changed last, a rotation included """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        api_key: str | None
        api_key = self.api_key

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

        environment: str = self.environment

        id = str(self.id)

        keys = []
        for keys_item_data in self.keys:
            keys_item = keys_item_data.to_dict()
            keys.append(keys_item)

        last_used_at: str | None
        if isinstance(self.last_used_at, datetime.datetime):
            last_used_at = self.last_used_at.isoformat()
        else:
            last_used_at = self.last_used_at

        merchant_id = str(self.merchant_id)

        name = self.name

        store_id = str(self.store_id)

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "api_key": api_key,
                "created_at": created_at,
                "deleted_at": deleted_at,
                "deleted_by": deleted_by,
                "environment": environment,
                "id": id,
                "keys": keys,
                "last_used_at": last_used_at,
                "merchant_id": merchant_id,
                "name": name,
                "store_id": store_id,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.key_shown import KeyShown

        d = dict(src_dict)

        def _parse_api_key(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        api_key = _parse_api_key(d.pop("api_key"))

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

        environment = check_terminal_with_key_environment(d.pop("environment"))

        id = UUID(d.pop("id"))

        keys = []
        _keys = d.pop("keys")
        for keys_item_data in _keys:
            keys_item = KeyShown.from_dict(keys_item_data)

            keys.append(keys_item)

        def _parse_last_used_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_used_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_used_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_used_at = _parse_last_used_at(d.pop("last_used_at"))

        merchant_id = UUID(d.pop("merchant_id"))

        name = d.pop("name")

        store_id = UUID(d.pop("store_id"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        terminal_with_key = cls(
            api_key=api_key,
            created_at=created_at,
            deleted_at=deleted_at,
            deleted_by=deleted_by,
            environment=environment,
            id=id,
            keys=keys,
            last_used_at=last_used_at,
            merchant_id=merchant_id,
            name=name,
            store_id=store_id,
            updated_at=updated_at,
        )

        terminal_with_key.additional_properties = d
        return terminal_with_key

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
