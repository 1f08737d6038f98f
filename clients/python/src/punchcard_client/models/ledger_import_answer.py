from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.ledger_refused_line import LedgerRefusedLine


T = TypeVar("T", bound="LedgerImportAnswer")


@_attrs_define
class LedgerImportAnswer:
    """What became of the rows."""

    dry_run: bool
    """ Whether nothing was kept """
    errors: list[LedgerRefusedLine]
    """ Rows that were not taken """
    known: int
    """ Rows that were taken before """
    taken: int
    """ Rows taken by this request """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        dry_run = self.dry_run

        errors = []
        for errors_item_data in self.errors:
            errors_item = errors_item_data.to_dict()
            errors.append(errors_item)

        known = self.known

        taken = self.taken

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "dry_run": dry_run,
                "errors": errors,
                "known": known,
                "taken": taken,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.ledger_refused_line import LedgerRefusedLine

        d = dict(src_dict)
        dry_run = d.pop("dry_run")

        errors = []
        _errors = d.pop("errors")
        for errors_item_data in _errors:
            errors_item = LedgerRefusedLine.from_dict(errors_item_data)

            errors.append(errors_item)

        known = d.pop("known")

        taken = d.pop("taken")

        ledger_import_answer = cls(
            dry_run=dry_run,
            errors=errors,
            known=known,
            taken=taken,
        )

        ledger_import_answer.additional_properties = d
        return ledger_import_answer

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
