"""`punchcard wallet doctor` as it is called."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from punchcard.embedded.wallet_identities import WalletIdentities
from punchcard.home import Home
from punchcard.main import app
from punchcard.problems import WrongUsage

APPLE = ("APPLE_PASS_CERTIFICATE", "APPLE_PASS_KEY", "APPLE_WWDR_CERTIFICATE")


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PUNCHCARD_HOME", str(tmp_path))
    for name in (*APPLE, "GOOGLE_SERVICE_ACCOUNT"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)
    monkeypatch.delenv("GOOGLE_ISSUER_ID", raising=False)


def paths(identities: WalletIdentities) -> list[Path]:
    return [identities.pass_certificate, identities.pass_key, identities.authority]


@pytest.mark.slow
def test_files_are_looked_at(identities: WalletIdentities):
    certificate, key, wwdr = map(str, paths(identities))

    done = CliRunner().invoke(
        app, ["wallet", "doctor", "--certificate", certificate, "--key", key, "--wwdr", wwdr]
    )

    assert done.exit_code == 0, done.output
    assert "✓ Passes: 12 made and checked" in done.output


def test_the_settings_of_the_environment_are_looked_at(
    identities: WalletIdentities, monkeypatch: pytest.MonkeyPatch
):
    for name, path in zip(APPLE, paths(identities), strict=True):
        monkeypatch.setenv(f"{name}_FILE", str(path))
    monkeypatch.setenv("APPLE_PASS_KEY_FILE", str(identities.push_key))

    done = CliRunner().invoke(app, ["wallet", "doctor"])

    assert done.exit_code == 1
    assert "✗ Apple's identity: the key is not the key of the pass certificate" in done.output


def test_without_any_identity_it_says_what_to_set():
    done = CliRunner().invoke(app, ["wallet", "doctor"])

    assert done.exit_code == 1
    assert "APPLE_PASS_CERTIFICATE, APPLE_PASS_KEY, APPLE_WWDR_CERTIFICATE missing" in done.output


@pytest.mark.slow
def test_the_identities_that_a_platform_made_here_are_looked_at_and_called_test_identities(tmp_path: Path):
    WalletIdentities.ensure(Home(tmp_path).wallet_identities)

    done = CliRunner().invoke(app, ["wallet", "doctor"])

    assert done.exit_code == 0, done.output
    said, *checked = done.output.split("\n\n")
    assert "no phone accepts their passes" in said
    assert all(
        part in said for part in ("Apple's", "Google's", *APPLE, "GOOGLE_ISSUER_ID", "docs/wallets.md")
    )
    assert "✓ Passes: 12 made and checked" in checked[0]
    assert "✓ Google's service account" in checked[0]


def test_of_a_platform_that_settings_name_nothing_made_here_is_looked_at(
    tmp_path: Path, identities: WalletIdentities, monkeypatch: pytest.MonkeyPatch
):
    WalletIdentities.ensure(Home(tmp_path).wallet_identities)
    monkeypatch.setenv("APPLE_PASS_CERTIFICATE_FILE", str(identities.pass_certificate))

    done = CliRunner().invoke(app, ["wallet", "doctor"])

    assert done.exit_code == 1
    assert "APPLE_PASS_KEY, APPLE_WWDR_CERTIFICATE missing" in done.output
    assert "Apple's (" not in done.output
    assert "Google's (" in done.output


@pytest.mark.parametrize(("name", "way"), [("pass.cer", "x509 -inform der"), ("pass.p12", "pkcs12")])
def test_a_file_that_is_not_pem_is_told_how_it_becomes_pem(tmp_path: Path, name: str, way: str):
    file = tmp_path / name
    file.write_bytes(b"\x30\x82\x06\xff")

    with pytest.raises(WrongUsage, match=f"{name} is not PEM. Make it so: openssl {way} -in {name}"):
        CliRunner().invoke(app, ["wallet", "doctor", "--certificate", str(file)], catch_exceptions=False)
