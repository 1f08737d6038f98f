"""Settings: typed, from the environment, secrets also from files; production refuses default secrets."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from pydantic import Field, SecretStr, ValidationError
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

#: A secret that begins with this was never set by anyone.
DEFAULT_SECRET = "development-only-"  # noqa: S105 - what no secret may begin with


class SettingsProblem(SystemExit):
    """What is wrong with the settings, in one sentence each, told at once; ends the process with code 3."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(3)
        self.problems = problems
        for problem in problems:
            sys.stderr.write(f"{problem}\n")

    def __str__(self) -> str:
        return "; ".join(self.problems)


class _SecretFiles(PydanticBaseSettingsSource):
    """`NAME_FILE=/path` gives NAME the content of that file, without the line feed at its end."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = os.environ.get(f"{field_name.upper()}_FILE")
        value = None if path is None or field_name.endswith("_file") else _content(field_name, Path(path))
        return value, field_name, False

    def __call__(self) -> dict[str, Any]:
        found = {name: self.get_field_value(field, name)[0] for name, field in self._own_fields().items()}
        return {name: value for name, value in found.items() if value is not None}

    def _own_fields(self) -> Mapping[str, FieldInfo]:
        return self.settings_cls.model_fields


class ServiceSettings(BaseSettings):
    """What every service needs to know. Each field is the environment variable of the same name."""

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)

    #: The service's name, as in topics and sources: `auth-pins`.
    service: ClassVar[str] = ""

    environment: Literal["development", "production"] = "development"
    public_base_url: str = "http://localhost:8000"
    database_url: SecretStr
    database_pool_size: int = Field(default=8, ge=1, le=100)
    kafka_bootstrap: str = "127.0.0.1:9092"
    kafka_instance_id: str | None = None
    http_host: str = "127.0.0.1"
    http_port: int = Field(default=0, ge=0, le=65535)
    http_socket: Path | None = None
    signing_key_file: Path
    trusted_keys_file: Path
    idempotency_secret: SecretStr = SecretStr(DEFAULT_SECRET + "idempotency")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    relay_idle_ms: int = Field(default=20, ge=1, le=10_000)
    shutdown_grace_s: float = Field(default=10, ge=0, le=300)
    request_head_timeout_s: float = Field(default=10, gt=0, le=300)
    request_body_timeout_s: float = Field(default=20, gt=0, le=300)
    upstream_timeout_ms: int = Field(default=2000, ge=10, le=60_000)
    programs_url: str = ""
    cards_url: str = ""
    ledger_url: str = ""
    auth_pins_url: str = ""
    wallet_url: str = ""

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _SecretFiles(settings_cls)

    @classmethod
    def load(cls, **given: Any) -> Self:
        """Read them. SettingsProblem when one is missing, wrong, or a default secret in production."""
        try:
            settings = cls(**given)
        except ValidationError as error:
            raise SettingsProblem([_sentence(row["loc"], row["msg"]) for row in error.errors()]) from None
        if settings.environment == "production" and (problems := settings.unsafe_in_production()):
            raise SettingsProblem(problems)
        return settings

    def unsafe_in_production(self) -> list[str]:
        """Sentences that say what may not be so in production."""
        return [
            f"{name.upper()} is still its default; production needs a secret of its own"
            for name, value in self
            if isinstance(value, SecretStr) and value.get_secret_value().startswith(DEFAULT_SECRET)
        ]


def _content(field_name: str, path: Path) -> str:
    name = f"{field_name.upper()}_FILE"
    try:
        return path.read_text(encoding="utf-8").rstrip("\n")
    except OSError as error:
        raise SettingsProblem([f"{name}: {path} cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise SettingsProblem([f"{name}: {path} is no text; certificates and keys have to be PEM"]) from None


def _sentence(location: tuple[int | str, ...], message: str) -> str:
    """The setting and what is wrong with it; what is wrong with several together names them itself."""
    words = message.removeprefix("Value error, ")
    if not location:
        return words
    return f"{'.'.join(map(str, location)).upper()}: {words[0].lower()}{words[1:]}"
