"""The settings of auth-pins, beside those of every service."""

from __future__ import annotations

import json
from typing import Annotated, Any, ClassVar, Literal, Self
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)

from auth_pins.domain import is_email, weakness_of_password
from auth_pins.domain.claims import ClaimRules, Role
from kit.mail import MailingSettings
from kit.settings import DEFAULT_SECRET

#: Only such by which a public key verifies; never a shared secret, never nothing.
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]


class OidcIssuer(BaseModel):
    """An OpenID Connect issuer whose tokens are accepted, and how their claims are read."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str
    audience: str = Field(min_length=1)
    algorithms: tuple[Algorithm, ...] = Field(default=("RS256", "ES256"), min_length=1)
    #: The claim that names roles (`realm_access.roles` is looked for inside), and what each one means here.
    role_claim: str = Field(default="roles", min_length=1)
    roles: dict[str, Role] = Field(min_length=1)
    #: The merchant of owners and managers: one for all, or a claim with its id, or with a name listed here.
    merchant_id: UUID | None = None
    merchant_claim: str | None = None
    merchants: dict[str, UUID] = {}
    clock_skew_s: int = Field(default=30, ge=0, le=300)

    @field_validator("issuer")
    @classmethod
    def _address(cls, text: str) -> str:
        parts = urlsplit(text)
        if parts.scheme not in ("https", "http") or not parts.netloc or parts.query or parts.fragment:
            raise ValueError("must be an address: https://login.example/realms/shop")
        return text

    @model_validator(mode="after")
    def _one_merchant(self) -> Self:
        ranks = set(self.roles.values())
        if self.merchant_id is not None and (self.merchant_claim is not None or "admin" in ranks):
            raise ValueError("an issuer of one merchant (merchant_id) has no merchant_claim and no admins")
        if ranks != {"admin"} and self.merchant_id is None and self.merchant_claim is None:
            raise ValueError("owners and managers need a merchant_id or a merchant_claim")
        return self

    @property
    def rules(self) -> ClaimRules:
        return ClaimRules(self.role_claim, self.roles, self.merchant_claim, self.merchants, self.merchant_id)


def _from_json(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


class AuthPinsSettings(MailingSettings):
    """How identities are kept and hashed."""

    service: ClassVar[str] = "auth-pins"

    #: Goes into every hash of a PIN or password; kept apart from the database, and never changed.
    pin_pepper: SecretStr = SecretStr(DEFAULT_SECRET + "pepper")
    #: bcrypt's cost: 10 takes 61 ms, each step doubles it.
    pin_hash_cost: int = Field(default=10, ge=4, le=16)
    password_hash_cost: int = Field(default=11, ge=4, le=16)
    hash_threads: int = Field(default=2, ge=1, le=64)
    #: Hashes at work or waiting at once; who finds no place for so long is answered 503.
    hash_queue_limit: int = Field(default=48, ge=1, le=10_000)
    hash_wait_ms: int = Field(default=1000, ge=1, le=60_000)
    #: A sign-in ends when it was not refreshed for so long.
    refresh_days: int = Field(default=30, ge=1, le=365)
    #: OpenID Connect issuers beside the users of this database: a JSON list.
    oidc_issuers: Annotated[tuple[OidcIssuer, ...], BeforeValidator(_from_json)] = ()
    #: The first admin, made at start when there is none.
    bootstrap_admin_email: str | None = None
    bootstrap_admin_password: SecretStr | None = None

    @model_validator(mode="after")
    def _first_admin(self) -> Self:
        email, password = self.bootstrap_admin_email, self.bootstrap_admin_password
        if (email is None) != (password is None):
            raise ValueError("BOOTSTRAP_ADMIN_EMAIL and BOOTSTRAP_ADMIN_PASSWORD go together")
        if email is not None and not is_email(email):
            raise ValueError("BOOTSTRAP_ADMIN_EMAIL is no e-mail address")
        if password is not None and (why := weakness_of_password(password.get_secret_value())):
            raise ValueError(f"BOOTSTRAP_ADMIN_PASSWORD is {why.replace('-', ' ')}")
        return self

    def unsafe_in_production(self) -> list[str]:
        """An issuer that is asked for its keys in the clear could be anyone."""
        clear = [issuer.issuer for issuer in self.oidc_issuers if not issuer.issuer.startswith("https://")]
        return [*super().unsafe_in_production(), *(f"OIDC_ISSUERS: {name} is not https" for name in clear)]
