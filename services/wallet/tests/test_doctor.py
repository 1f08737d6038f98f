"""What the doctor says of identities, in plain words."""

from __future__ import annotations

import json
from collections.abc import Iterable

import pytest

from punchcard.embedded.wallet_identities import GOOGLE_ISSUER_ID, SERVICE_ACCOUNT, WalletIdentities
from wallet import doctor

BASE = "https://cards.example"


def told(findings: Iterable[doctor.Finding], what: str) -> doctor.Finding:
    return next(finding for finding in findings if finding.what == what)


def texts(identities: WalletIdentities) -> tuple[str, str, str]:
    return (
        identities.pass_certificate.read_text(),
        identities.pass_key.read_text(),
        identities.authority.read_text(),
    )


@pytest.mark.slow
def test_an_identity_that_fits_makes_passes_and_is_said_to_be_for_trying_out(identities: WalletIdentities):
    findings = list(doctor.apple(*texts(identities), BASE))

    assert all(finding.good for finding in findings if finding.matters), findings
    assert "pass.example.punchcard.test" in told(findings, "Apple's identity").words
    assert told(findings, "Passes").words.startswith("12 made and checked")
    assert "phones refuse" in told(findings, "Issuer").words


def test_an_address_without_tls_is_named(identities: WalletIdentities):
    findings = doctor.apple(*texts(identities), "http://localhost:8000")

    address = told(findings, "PUBLIC_BASE_URL")
    assert (address.good, address.matters) == (False, False)


def test_a_key_of_another_certificate_is_named_and_no_pass_is_made(identities: WalletIdentities):
    certificate, _, wwdr = texts(identities)

    [finding] = doctor.apple(certificate, identities.push_key.read_text(), wwdr, BASE)

    assert (finding.good, finding.matters) == (False, True)
    assert finding.words == "the key is not the key of the pass certificate"


def test_a_setting_that_is_missing_is_named(identities: WalletIdentities):
    certificate, key, _ = texts(identities)

    [partly] = doctor.apple(certificate, key, None, BASE)
    [nothing] = doctor.apple(None, None, None, BASE)

    assert (partly.matters, "APPLE_WWDR_CERTIFICATE missing" in partly.words) == (True, True)
    assert not nothing.matters


def test_google_s_service_account_is_read(identities: WalletIdentities):
    account = identities.google_account.read_text()

    good = list(doctor.google(GOOGLE_ISSUER_ID, account))
    bad = {
        "an issuer's id is a number": list(doctor.google("issuer", account)),
        "no service account's key": list(doctor.google(GOOGLE_ISSUER_ID, '{"type": "x"}')),
        "not set up": list(doctor.google(None, None)),
    }

    assert all(finding.good for finding in good)
    assert SERVICE_ACCOUNT in good[-1].words
    for words, findings in bad.items():
        assert any(words in finding.words and not finding.good for finding in findings)
    assert json.loads(account)["private_key"][40:80] not in str(good)
