from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SyncView")


@_attrs_define
class SyncView:
    """The last whole comparison of passes with the ledger.

    Example:
        {'compared': 25000, 'finished_at': '2026-11-20T10:00:00.000000Z', 'healed': 0}

    """

    compared: int
    """ Passes that were compared """
    finished_at: datetime.datetime
    """ When it ended """
    healed: int
    """ Passes that were wrong, and are right since """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        compared = self.compared

        finished_at = self.finished_at.isoformat()

        healed = self.healed

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "compared": compared,
                "finished_at": finished_at,
                "healed": healed,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        compared = d.pop("compared")

        finished_at = datetime.datetime.fromisoformat(d.pop("finished_at"))

        healed = d.pop("healed")

        sync_view = cls(
            compared=compared,
            finished_at=finished_at,
            healed=healed,
        )

        sync_view.additional_properties = d
        return sync_view

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
