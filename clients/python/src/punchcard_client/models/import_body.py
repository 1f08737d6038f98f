from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.import_body_rows_item import ImportBodyRowsItem


T = TypeVar("T", bound="ImportBody")


@_attrs_define
class ImportBody:
    """Some of a file's rows, in its order."""

    merchant_id: UUID
    """ Whose customers these are """
    rows: list[ImportBodyRowsItem]
    """ The rows, members as the file's columns """
    dry_run: bool | Unset = False
    """ The same answer, nothing kept, the key not used """
    first_line: int | Unset = 1
    """ The line of the first row: errors count from it """

    def to_dict(self) -> dict[str, Any]:
        merchant_id = str(self.merchant_id)

        rows = []
        for rows_item_data in self.rows:
            rows_item = rows_item_data.to_dict()
            rows.append(rows_item)

        dry_run = self.dry_run

        first_line = self.first_line

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "merchant_id": merchant_id,
                "rows": rows,
            }
        )
        if dry_run is not UNSET:
            field_dict["dry_run"] = dry_run
        if first_line is not UNSET:
            field_dict["first_line"] = first_line

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.import_body_rows_item import ImportBodyRowsItem

        d = dict(src_dict)
        merchant_id = UUID(d.pop("merchant_id"))

        rows = []
        _rows = d.pop("rows")
        for rows_item_data in _rows:
            rows_item = ImportBodyRowsItem.from_dict(rows_item_data)

            rows.append(rows_item)

        dry_run = d.pop("dry_run", UNSET)

        first_line = d.pop("first_line", UNSET)

        import_body = cls(
            merchant_id=merchant_id,
            rows=rows,
            dry_run=dry_run,
            first_line=first_line,
        )

        return import_body
