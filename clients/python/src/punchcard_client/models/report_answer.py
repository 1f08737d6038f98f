from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.missing import Missing
    from ..models.report_answer_rows_item import ReportAnswerRowsItem


T = TypeVar("T", bound="ReportAnswer")


@_attrs_define
class ReportAnswer:
    """A report; its rows hold the columns that are named for it."""

    as_of: datetime.datetime
    """ Until when all was counted """
    from_: datetime.date
    """ The first day, the merchant's """
    missing: list[Missing]
    """ What could not be had; it is null in the rows, never zero """
    report: str
    """ Which """
    rows: list[ReportAnswerRowsItem]
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
        from ..models.missing import Missing
        from ..models.report_answer_rows_item import ReportAnswerRowsItem

        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        from_ = datetime.date.fromisoformat(d.pop("from"))

        missing = []
        _missing = d.pop("missing")
        for missing_item_data in _missing:
            missing_item = Missing.from_dict(missing_item_data)

            missing.append(missing_item)

        report = d.pop("report")

        rows = []
        _rows = d.pop("rows")
        for rows_item_data in _rows:
            rows_item = ReportAnswerRowsItem.from_dict(rows_item_data)

            rows.append(rows_item)

        to = datetime.date.fromisoformat(d.pop("to"))

        report_answer = cls(
            as_of=as_of,
            from_=from_,
            missing=missing,
            report=report,
            rows=rows,
            to=to,
        )

        report_answer.additional_properties = d
        return report_answer

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
