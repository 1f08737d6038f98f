"""Settings: typed, secrets also from files, and no start with a default secret in production."""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from kit.settings import DEFAULT_SECRET, ServiceSettings, SettingsProblem
from kit.testing import Keys


class Shop(ServiceSettings):
    service: ClassVar[str] = "shop"

    door_code: SecretStr = SecretStr(DEFAULT_SECRET + "door")
    shelves: int = 3


@pytest.fixture
def env(keys: Keys, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """The environment of a service in production that lacks nothing."""
    for name, value in {
        "ENVIRONMENT": "production",
        "DATABASE_URL": "postgresql://shop@db/shop",
        "SIGNING_KEY_FILE": str(keys.file("cards")),
        "TRUSTED_KEYS_FILE": str(keys.trusted_file),
        "IDEMPOTENCY_SECRET": "a secret of its own",
        "DOOR_CODE": "another one",
    }.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def problems(**given: Any) -> list[str]:
    with pytest.raises(SettingsProblem) as raised:
        Shop.load(**given)
    return raised.value.problems


def test_settings_come_from_the_environment_by_their_names(env: pytest.MonkeyPatch):
    env.setenv("SHELVES", "7")

    assert Shop.load().shelves == 7


def test_a_secret_may_come_as_a_file_without_its_last_line_feed(env: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "code").write_text("from a file\n")
    env.delenv("DOOR_CODE")
    env.setenv("DOOR_CODE_FILE", str(tmp_path / "code"))

    assert Shop.load().door_code.get_secret_value() == "from a file"


def test_a_file_that_is_a_setting_itself_is_not_read(env: pytest.MonkeyPatch, keys: Keys):
    assert Shop.load().signing_key_file == keys.file("cards")


def test_production_refuses_a_default_secret_and_names_it(env: pytest.MonkeyPatch):
    env.delenv("DOOR_CODE")
    env.delenv("IDEMPOTENCY_SECRET")

    found = problems()

    assert [sentence.split()[0] for sentence in found] == ["IDEMPOTENCY_SECRET", "DOOR_CODE"]


def test_development_starts_with_default_secrets(env: pytest.MonkeyPatch):
    env.setenv("ENVIRONMENT", "development")
    env.delenv("DOOR_CODE")

    assert Shop.load().door_code.get_secret_value().startswith(DEFAULT_SECRET)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("DATABASE_URL", None, "DATABASE_URL: field required"),
        ("SHELVES", "many", "SHELVES: input should be a valid integer"),
        ("HTTP_PORT", "70000", "HTTP_PORT: input should be less than or equal to 65535"),
        ("ENVIRONMENT", "staging", "ENVIRONMENT: input should be 'development' or 'production'"),
        ("DOOR_CODE_FILE", "/nowhere/code", "DOOR_CODE_FILE: /nowhere/code cannot be read: No such file"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(
    env: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str, value: str | None, sentence: str
):
    env.delenv(name, raising=False)
    if value is not None:
        env.setenv(name, value)

    (found,) = problems()

    assert found.startswith(sentence)
    assert found in capsys.readouterr().err, "a process that ends says why"


def test_a_secrets_file_that_is_no_text_is_said_in_a_sentence(env: pytest.MonkeyPatch, tmp_path: Path):
    (tmp_path / "pass.cer").write_bytes(b"\x30\x82\x06\xff")
    env.setenv("DOOR_CODE_FILE", str(tmp_path / "pass.cer"))

    (found,) = problems()

    assert found.endswith("pass.cer is no text; certificates and keys have to be PEM")


def test_a_wrong_setting_ends_the_process_with_code_3(env: pytest.MonkeyPatch):
    env.setenv("SHELVES", "many")

    with pytest.raises(SystemExit) as raised:
        Shop.load()

    assert raised.value.code == 3


def test_a_secret_is_never_shown(env: pytest.MonkeyPatch):
    env.setenv("DATABASE_URL", "postgresql://shop:hunter2@db/shop")
    env.setenv("SHELVES", "hunter2")

    assert "hunter2" not in str(problems())
    env.delenv("SHELVES")
    assert "hunter2" not in repr(Shop.load())
