"""Google Wallet as the settings name it: the provider for the loop, and what the routes ask."""

from __future__ import annotations

from kit.app import Service
from kit.outward import Outward
from kit.projection import Projection
from wallet.commands import Passes
from wallet.google.account import ServiceAccount
from wallet.google.calls import CALL_TIMEOUT_S
from wallet.google.provider import GoogleProvider
from wallet.google.root_keys import RootKeys
from wallet.google.saving import Callbacks, GoogleDoors, SaveLinks
from wallet.settings import WalletSettings

CONNECTIONS = 32


class Google:
    """One identity with Google. AccountProblem when the service account is not one."""

    def __init__(self, settings: WalletSettings, service: Service, projection: Projection) -> None:
        assert settings.google_issuer_id is not None, "the settings have both or none"
        assert settings.google_service_account is not None, "the settings have both or none"
        self._settings = settings
        self._service = service
        self._projection = projection
        self._issuer = settings.google_issuer_id
        self._base_url = settings.public_base_url.rstrip("/")
        self._outward = Outward(CALL_TIMEOUT_S, connections=CONNECTIONS)
        description = settings.google_service_account.get_secret_value()
        self._account = ServiceAccount(description, settings.google_token_url)
        self.provider = GoogleProvider(
            service.work,
            projection,
            self._account,
            self._outward,
            issuer=self._issuer,
            api_url=settings.google_api_url,
            base_url=self._base_url,
        )
        service.at_close(self._outward.close)
        service.at_close(self.provider.close)

    def doors(self, passes: Passes) -> GoogleDoors:
        work, settings = self._service.work, self._settings
        roots = RootKeys(self._outward, settings.google_callback_keys_url)
        return GoogleDoors(
            passes,
            SaveLinks(work, self._projection, self._account, settings.google_save_url, self._base_url),
            Callbacks(work, self._projection, roots, self._issuer),
        )


def google_of(settings: WalletSettings, service: Service, projection: Projection) -> Google | None:
    """None where the settings name no identity with Google."""
    return None if settings.google_issuer_id is None else Google(settings, service, projection)
