"""The wallet's settings: the identities with Apple and Google, and where they answer."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import SecretStr, model_validator

from kit.settings import ServiceSettings


class WalletSettings(ServiceSettings):
    """A platform without an identity is not available; passes are kept all the same."""

    service: ClassVar[str] = "wallet"

    #: PEM: the pass certificate, its key without a password, and Apple's intermediate (WWDR, generation 4).
    apple_pass_certificate: SecretStr | None = None
    apple_pass_key: SecretStr | None = None
    apple_wwdr_certificate: SecretStr | None = None
    apple_push_url: str = "https://api.push.apple.com"
    #: PEM of an authority to trust beside the public ones, where something stands in for Apple.
    apple_push_ca: SecretStr | None = None

    #: Hides the button by which a phone shares a pass: a card is one person's.
    apple_sharing_prohibited: bool = True

    google_issuer_id: str | None = None
    #: The service account's key as Google gives it: JSON.
    google_service_account: SecretStr | None = None
    google_api_url: str = "https://walletobjects.googleapis.com/walletobjects/v1"
    #: Where tokens are fetched; without it, where the service account says.
    google_token_url: str | None = None
    google_callback_keys_url: str = "https://pay.google.com/gp/m/issuer/keys"
    google_save_url: str = "https://pay.google.com/gp/v/save"

    @model_validator(mode="after")
    def _whole_identities(self) -> Self:
        apple = (self.apple_pass_certificate, self.apple_pass_key, self.apple_wwdr_certificate)
        if any(apple) and not all(apple):
            raise ValueError(
                "apple needs APPLE_PASS_CERTIFICATE, APPLE_PASS_KEY and APPLE_WWDR_CERTIFICATE, or none"
            )
        if (self.google_issuer_id is None) != (self.google_service_account is None):
            raise ValueError("google needs both of GOOGLE_ISSUER_ID and GOOGLE_SERVICE_ACCOUNT, or none")
        return self
