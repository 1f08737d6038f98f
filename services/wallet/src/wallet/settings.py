"""The wallet's settings: what every service has; the providers' own come with the providers."""

from __future__ import annotations

from typing import ClassVar

from kit.settings import ServiceSettings


class WalletSettings(ServiceSettings):
    """Nothing of its own: no wallet provider is configured."""

    service: ClassVar[str] = "wallet"
