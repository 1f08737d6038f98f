from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.provider_view_breaker import ProviderViewBreaker, check_provider_view_breaker
from ..models.provider_view_platform import ProviderViewPlatform, check_provider_view_platform
from ..models.provider_view_warnings_item import ProviderViewWarningsItem, check_provider_view_warnings_item

if TYPE_CHECKING:
    from ..models.behind_view import BehindView


T = TypeVar("T", bound="ProviderView")


@_attrs_define
class ProviderView:
    """One wallet platform.

    Example:
        {'behind': {'oldest_s': 1.2, 'p50_s': 0.4, 'p95_s': 1.1, 'p99_s': 1.2, 'passes': 3}, 'breaker': 'closed',
            'certificate_expires_at': '2027-10-01T00:00:00.000000Z', 'configured': True, 'failed': 0, 'last_error': '503
            ServiceUnavailable', 'last_error_at': '2026-11-19T22:14:03.000000Z', 'last_success_at':
            '2026-11-20T10:00:00.000000Z', 'passes': 1840, 'platform': 'apple', 'warnings': []}

    """

    behind: BehindView
    """ Passes that show an older state, and for how long. """
    breaker: ProviderViewBreaker
    """ `closed`: it is asked; `open`: it is left alone; `half-open`: its trial is next """
    certificate_expires_at: datetime.datetime | None
    """ Apple only: when the first one expires """
    configured: bool
    """ Whether there is an identity for it; else nothing is delivered """
    failed: int
    """ Those of them whose state the platform refused """
    last_error: str | None
    """ What it last answered instead, or why there was no answer """
    last_error_at: datetime.datetime | None
    """ When that was """
    last_success_at: datetime.datetime | None
    """ When it last took a state """
    left_alone_since: datetime.datetime | None
    """ Since when the breaker is not closed """
    passes: int
    """ Passes that this wallet holds """
    platform: ProviderViewPlatform
    """ Which wallet """
    warnings: list[ProviderViewWarningsItem]
    """ What needs somebody: `left-alone`, `identity-refused` (the platform does not accept our certificate or
    service account), `passes-refused`, `certificate-expires-soon` (within 30 days), `certificate-expired` """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        behind = self.behind.to_dict()

        breaker: str = self.breaker

        certificate_expires_at: str | None
        if isinstance(self.certificate_expires_at, datetime.datetime):
            certificate_expires_at = self.certificate_expires_at.isoformat()
        else:
            certificate_expires_at = self.certificate_expires_at

        configured = self.configured

        failed = self.failed

        last_error: str | None
        last_error = self.last_error

        last_error_at: str | None
        if isinstance(self.last_error_at, datetime.datetime):
            last_error_at = self.last_error_at.isoformat()
        else:
            last_error_at = self.last_error_at

        last_success_at: str | None
        if isinstance(self.last_success_at, datetime.datetime):
            last_success_at = self.last_success_at.isoformat()
        else:
            last_success_at = self.last_success_at

        left_alone_since: str | None
        if isinstance(self.left_alone_since, datetime.datetime):
            left_alone_since = self.left_alone_since.isoformat()
        else:
            left_alone_since = self.left_alone_since

        passes = self.passes

        platform: str = self.platform

        warnings = []
        for warnings_item_data in self.warnings:
            warnings_item: str = warnings_item_data
            warnings.append(warnings_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "behind": behind,
                "breaker": breaker,
                "certificate_expires_at": certificate_expires_at,
                "configured": configured,
                "failed": failed,
                "last_error": last_error,
                "last_error_at": last_error_at,
                "last_success_at": last_success_at,
                "left_alone_since": left_alone_since,
                "passes": passes,
                "platform": platform,
                "warnings": warnings,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.behind_view import BehindView

        d = dict(src_dict)
        behind = BehindView.from_dict(d.pop("behind"))

        breaker = check_provider_view_breaker(d.pop("breaker"))

        def _parse_certificate_expires_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                certificate_expires_at_type_0 = datetime.datetime.fromisoformat(data)

                return certificate_expires_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        certificate_expires_at = _parse_certificate_expires_at(d.pop("certificate_expires_at"))

        configured = d.pop("configured")

        failed = d.pop("failed")

        def _parse_last_error(data: object) -> str | None:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))

        def _parse_last_error_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_error_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_error_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_error_at = _parse_last_error_at(d.pop("last_error_at"))

        def _parse_last_success_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_success_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_success_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_success_at = _parse_last_success_at(d.pop("last_success_at"))

        def _parse_left_alone_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                left_alone_since_type_0 = datetime.datetime.fromisoformat(data)

                return left_alone_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        left_alone_since = _parse_left_alone_since(d.pop("left_alone_since"))

        passes = d.pop("passes")

        platform = check_provider_view_platform(d.pop("platform"))

        warnings = []
        _warnings = d.pop("warnings")
        for warnings_item_data in _warnings:
            warnings_item = check_provider_view_warnings_item(warnings_item_data)

            warnings.append(warnings_item)

        provider_view = cls(
            behind=behind,
            breaker=breaker,
            certificate_expires_at=certificate_expires_at,
            configured=configured,
            failed=failed,
            last_error=last_error,
            last_error_at=last_error_at,
            last_success_at=last_success_at,
            left_alone_since=left_alone_since,
            passes=passes,
            platform=platform,
            warnings=warnings,
        )

        provider_view.additional_properties = d
        return provider_view

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
