"""The settings of auth-pins, beside those of every service."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import Field, SecretStr, model_validator

from auth_pins.domain import is_email, weakness_of_password
from kit.mail import MailingSettings
from kit.settings import DEFAULT_SECRET


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
