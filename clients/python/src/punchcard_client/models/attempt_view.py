from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.attempt_view_outcome import AttemptViewOutcome, check_attempt_view_outcome
from ..models.attempt_view_platform import AttemptViewPlatform, check_attempt_view_platform

T = TypeVar("T", bound="AttemptView")


@_attrs_define
class AttemptView:
    """One attempt to bring a pass to a wallet.

    Example:
        {'answer': '200', 'at': '2026-11-20T10:00:01.000000Z', 'devices': 1, 'outcome': 'delivered', 'platform':
            'apple', 'revision': 14, 'sequence': 12, 'took_ms': 84}

    """

    answer: str | None
    """ The platform's status and reason, or why there was no answer """
    at: datetime.datetime
    """ When it ended """
    devices: int
    """ Devices that were told """
    outcome: AttemptViewOutcome
    """ `delivered`; `not-now`: it is tried again; `never`: the platform refused this state """
    platform: AttemptViewPlatform
    """ Which wallet """
    revision: int
    """ The pass's own count of changes, as delivered """
    sequence: int
    """ The ledger sequence that was delivered """
    took_ms: int
    """ How long the platform took """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        answer: str | None
        answer = self.answer

        at = self.at.isoformat()

        devices = self.devices

        outcome: str = self.outcome

        platform: str = self.platform

        revision = self.revision

        sequence = self.sequence

        took_ms = self.took_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "answer": answer,
                "at": at,
                "devices": devices,
                "outcome": outcome,
                "platform": platform,
                "revision": revision,
                "sequence": sequence,
                "took_ms": took_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_answer(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        answer = _parse_answer(d.pop("answer"))

        at = datetime.datetime.fromisoformat(d.pop("at"))

        devices = d.pop("devices")

        outcome = check_attempt_view_outcome(d.pop("outcome"))

        platform = check_attempt_view_platform(d.pop("platform"))

        revision = d.pop("revision")

        sequence = d.pop("sequence")

        took_ms = d.pop("took_ms")

        attempt_view = cls(
            answer=answer,
            at=at,
            devices=devices,
            outcome=outcome,
            platform=platform,
            revision=revision,
            sequence=sequence,
            took_ms=took_ms,
        )

        attempt_view.additional_properties = d
        return attempt_view

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
