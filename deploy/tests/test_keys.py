"""The platform's secrets are made once and readable by their owner only."""

import stat

from kit.identity import INTERNAL, Caller, Signer, TrustedKeys, Verifier
from punchcard.keys import Keys
from punchcard.services import SERVICE_NAMES


def contents(keys: Keys) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in keys.directory.iterdir()}


def test_every_secret_is_a_file_of_its_owner_alone(tmp_path):
    keys = Keys(tmp_path / "keys")
    keys.ensure()

    assert stat.S_IMODE(keys.directory.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in keys.directory.iterdir()} == {0o600}


def test_secrets_stay_when_the_platform_starts_again(tmp_path):
    keys = Keys(tmp_path / "keys")
    keys.ensure()
    before = contents(keys)

    Keys(tmp_path / "keys").ensure()

    assert contents(keys) == before


def test_no_two_services_share_a_secret(tmp_path):
    keys = Keys(tmp_path / "keys")
    keys.ensure()

    secrets = [keys.idempotency_secret(name).read_text() for name in SERVICE_NAMES]
    secrets += [
        keys.database_password(name, role).read_text() for name in SERVICE_NAMES for role in ("app", "owner")
    ]

    assert len(set(secrets)) == len(secrets) == 3 * len(SERVICE_NAMES)


def test_what_one_service_signs_the_others_trust(tmp_path):
    keys = Keys(tmp_path / "keys")
    keys.ensure()
    verifier = Verifier(TrustedKeys(keys.trusted_keys()), INTERNAL)

    for service in SERVICE_NAMES:
        token = Signer(service, keys.signing_key(service)).internal(Caller("service", service=service))
        assert verifier.claims(token)["iss"] == service
