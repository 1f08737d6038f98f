from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.program_figures import ProgramFigures


T = TypeVar("T", bound="Overview")


@_attrs_define
class Overview:
    """The figures of a merchant's detail page."""

    as_of: datetime.datetime
    """ Until when all was counted """
    merchant_id: UUID
    """ The merchant """
    program: ProgramFigures | None
    """ Of the live program; null without one """
    rewards_total: int
    """ Active rewards of the live program """
    staff_total: int
    """ Live staff members """
    stores_total: int
    """ Live stores """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.program_figures import ProgramFigures

        as_of = self.as_of.isoformat()

        merchant_id = str(self.merchant_id)

        program: dict[str, Any] | None
        if isinstance(self.program, ProgramFigures):
            program = self.program.to_dict()
        else:
            program = self.program

        rewards_total = self.rewards_total

        staff_total = self.staff_total

        stores_total = self.stores_total

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "as_of": as_of,
                "merchant_id": merchant_id,
                "program": program,
                "rewards_total": rewards_total,
                "staff_total": staff_total,
                "stores_total": stores_total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.program_figures import ProgramFigures

        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        merchant_id = UUID(d.pop("merchant_id"))

        def _parse_program(data: object) -> ProgramFigures | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                program_type_0 = ProgramFigures.from_dict(data)

                return program_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProgramFigures, data)

        program = _parse_program(d.pop("program"))

        rewards_total = d.pop("rewards_total")

        staff_total = d.pop("staff_total")

        stores_total = d.pop("stores_total")

        overview = cls(
            as_of=as_of,
            merchant_id=merchant_id,
            program=program,
            rewards_total=rewards_total,
            staff_total=staff_total,
            stores_total=stores_total,
        )

        overview.additional_properties = d
        return overview

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
