from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.member import Member
    from ..models.part_missing import PartMissing


T = TypeVar("T", bound="MembersReport")


@_attrs_define
class MembersReport:
    """The members as they are now, in the order in which their cards were made."""

    as_of: datetime.datetime
    """ When the first rows were read """
    from_: datetime.date
    """ The first day, the merchant's """
    missing: list[PartMissing]
    """ What could not be had """
    report: Literal["members"]
    """ Which """
    rows: list[Member]
    """ The rows """
    to: datetime.date
    """ The last day """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        as_of = self.as_of.isoformat()

        from_ = self.from_.isoformat()

        missing = []
        for missing_item_data in self.missing:
            missing_item = missing_item_data.to_dict()
            missing.append(missing_item)

        report = self.report

        rows = []
        for rows_item_data in self.rows:
            rows_item = rows_item_data.to_dict()
            rows.append(rows_item)

        to = self.to.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "as_of": as_of,
                "from": from_,
                "missing": missing,
                "report": report,
                "rows": rows,
                "to": to,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.member import Member
        from ..models.part_missing import PartMissing

        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        from_ = datetime.date.fromisoformat(d.pop("from"))

        missing = []
        _missing = d.pop("missing")
        for missing_item_data in _missing:
            missing_item = PartMissing.from_dict(missing_item_data)

            missing.append(missing_item)

        report = cast(Literal["members"], d.pop("report"))
        if report != "members":
            raise ValueError(f"report must match const 'members', got '{report}'")

        rows = []
        _rows = d.pop("rows")
        for rows_item_data in _rows:
            rows_item = Member.from_dict(rows_item_data)

            rows.append(rows_item)

        to = datetime.date.fromisoformat(d.pop("to"))

        members_report = cls(
            as_of=as_of,
            from_=from_,
            missing=missing,
            report=report,
            rows=rows,
            to=to,
        )

        members_report.additional_properties = d
        return members_report

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
