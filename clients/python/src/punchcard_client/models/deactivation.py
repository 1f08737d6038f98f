from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Deactivation")


@_attrs_define
class Deactivation:
    redeem_until: datetime.datetime | Unset | None = UNSET
    """ Until then what was earned can still be redeemed; in the future """

    def to_dict(self) -> dict[str, Any]:
        redeem_until: str | Unset | None
        if isinstance(self.redeem_until, Unset):
            redeem_until = UNSET
        elif isinstance(self.redeem_until, datetime.datetime):
            redeem_until = self.redeem_until.isoformat()
        else:
            redeem_until = self.redeem_until

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if redeem_until is not UNSET:
            field_dict["redeem_until"] = redeem_until

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_redeem_until(data: object) -> datetime.datetime | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                redeem_until_type_0 = datetime.datetime.fromisoformat(data)

                return redeem_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        redeem_until = _parse_redeem_until(d.pop("redeem_until", UNSET))

        deactivation = cls(
            redeem_until=redeem_until,
        )

        return deactivation
