from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.provider_view import ProviderView
    from ..models.sync_view import SyncView


T = TypeVar("T", bound="WalletHealth")


@_attrs_define
class WalletHealth:
    """How passes are delivered.

    Example:
        {'as_of': '2026-11-20T10:00:00.000000Z', 'last_sync': {'compared': 25000, 'finished_at':
            '2026-11-20T10:00:00.000000Z', 'healed': 0}, 'providers': [{'behind': {'oldest_s': 1.2, 'p50_s': 0.4, 'p95_s':
            1.1, 'p99_s': 1.2, 'passes': 3}, 'breaker': 'closed', 'certificate_expires_at': '2027-10-01T00:00:00.000000Z',
            'configured': True, 'failed': 0, 'last_error': '503 ServiceUnavailable', 'last_error_at':
            '2026-11-19T22:14:03.000000Z', 'last_success_at': '2026-11-20T10:00:00.000000Z', 'passes': 1840, 'platform':
            'apple', 'warnings': []}]}

    """

    as_of: datetime.datetime
    """ When this was counted """
    last_sync: SyncView | None
    """ Null before the first one has ended """
    providers: list[ProviderView]
    """ One item a platform """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.sync_view import SyncView

        as_of = self.as_of.isoformat()

        last_sync: dict[str, Any] | None
        if isinstance(self.last_sync, SyncView):
            last_sync = self.last_sync.to_dict()
        else:
            last_sync = self.last_sync

        providers = []
        for providers_item_data in self.providers:
            providers_item = providers_item_data.to_dict()
            providers.append(providers_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "as_of": as_of,
                "last_sync": last_sync,
                "providers": providers,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.provider_view import ProviderView
        from ..models.sync_view import SyncView

        d = dict(src_dict)
        as_of = datetime.datetime.fromisoformat(d.pop("as_of"))

        def _parse_last_sync(data: object) -> SyncView | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                last_sync_type_0 = SyncView.from_dict(data)

                return last_sync_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SyncView, data)

        last_sync = _parse_last_sync(d.pop("last_sync"))

        providers = []
        _providers = d.pop("providers")
        for providers_item_data in _providers:
            providers_item = ProviderView.from_dict(providers_item_data)

            providers.append(providers_item)

        wallet_health = cls(
            as_of=as_of,
            last_sync=last_sync,
            providers=providers,
        )

        wallet_health.additional_properties = d
        return wallet_health

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
