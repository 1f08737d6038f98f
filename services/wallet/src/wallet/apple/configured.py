"""What the settings name of Apple: its identity, and what makes pass files with it."""

from __future__ import annotations

from functools import partial

from kit.projection import Projection
from kit.settings import SettingsProblem
from kit.telemetry import log
from kit.work import Work
from wallet.apple.content import Issuer
from wallet.apple.identity import AppleIdentity, IdentityExpired, IdentityProblem
from wallet.apple.looks import Looks
from wallet.apple.passfile import PassFiles
from wallet.apple.studio import Studio
from wallet.settings import WalletSettings
from wallet.store import pictures


def identity_of(settings: WalletSettings) -> AppleIdentity | None:
    """None without one, or with one whose time is over: all else goes on, with an alarm.

    SettingsProblem for one that does not fit together: every pass would be refused.
    """
    certificate, key = settings.apple_pass_certificate, settings.apple_pass_key
    wwdr = settings.apple_wwdr_certificate
    if certificate is None or key is None or wwdr is None:
        return None
    try:
        return AppleIdentity.read(
            certificate.get_secret_value(), key.get_secret_value(), wwdr.get_secret_value()
        )
    except IdentityExpired as problem:
        log.error("Apple's wallet is not available: %s", problem)
        return None
    except IdentityProblem as problem:
        raise SettingsProblem([f"APPLE_PASS_CERTIFICATE: {problem}"]) from None


def files_of(
    identity: AppleIdentity, settings: WalletSettings, work: Work, projection: Projection
) -> PassFiles:
    """Close its studio at the end."""
    issuer = Issuer(
        identity.pass_type_id,
        identity.team_id,
        settings.public_base_url,
        settings.apple_sharing_prohibited,
    )
    looks = Looks(projection, partial(pictures.of_program, work))
    return PassFiles(identity, issuer, looks, Studio(partial(pictures.load, work)))
