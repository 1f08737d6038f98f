from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BehindView")


@_attrs_define
class BehindView:
    """Passes that show an older state, and for how long.

    Example:
        {'oldest_s': 1.2, 'p50_s': 0.4, 'p95_s': 1.1, 'p99_s': 1.2, 'passes': 3}

    """

    oldest_s: float
    """ The one that waits longest """
    p50_s: float
    """ Half of them are behind for at most so many seconds """
    p95_s: float
    """ 95 of a hundred are """
    p99_s: float
    """ 99 of a hundred are """
    passes: int
    """ How many """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        oldest_s = self.oldest_s

        p50_s = self.p50_s

        p95_s = self.p95_s

        p99_s = self.p99_s

        passes = self.passes

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "oldest_s": oldest_s,
                "p50_s": p50_s,
                "p95_s": p95_s,
                "p99_s": p99_s,
                "passes": passes,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        oldest_s = d.pop("oldest_s")

        p50_s = d.pop("p50_s")

        p95_s = d.pop("p95_s")

        p99_s = d.pop("p99_s")

        passes = d.pop("passes")

        behind_view = cls(
            oldest_s=oldest_s,
            p50_s=p50_s,
            p95_s=p95_s,
            p99_s=p99_s,
            passes=passes,
        )

        behind_view.additional_properties = d
        return behind_view

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
