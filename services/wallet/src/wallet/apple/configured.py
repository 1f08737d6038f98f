"""What the settings name of Apple: its identity, and what makes pass files with it."""

from __future__ import annotations

from functools import partial

from kit.app import Service
from kit.projection import Projection
from kit.settings import SettingsProblem
from kit.telemetry import log
from wallet.apple.content import Issuer
from wallet.apple.identity import AppleIdentity, IdentityExpired, IdentityProblem
from wallet.apple.looks import Looks
from wallet.apple.passfile import PassFiles
from wallet.apple.studio import Studio
from wallet.delivery import Provider
from wallet.images.fetching import SIZE_LIMIT_BYTES, TIMEOUT_S, Fetcher
from wallet.images.guard import Guard
from wallet.images.loop import PictureLoop
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
    identity: AppleIdentity, settings: WalletSettings, service: Service, projection: Projection
) -> PassFiles:
    """What makes pass files; the pictures on them are fetched in the background."""
    # What speaks to the outside is large: who has no identity does without it.
    from kit.outward import Outward

    issuer = Issuer(
        identity.pass_type_id,
        identity.team_id,
        settings.public_base_url,
        settings.apple_sharing_prohibited,
    )
    looks = Looks(projection, partial(pictures.of_program, service.work))
    studio = Studio(partial(pictures.load, service.work))
    outward = Outward(TIMEOUT_S, connections=2, answer_limit_bytes=SIZE_LIMIT_BYTES)
    service.background("pictures", PictureLoop(service.work, projection, Fetcher(outward, Guard())).run)
    service.at_close(outward.close)
    service.background("drawing", studio.make_ready)
    service.at_close(studio.close)
    return PassFiles(identity, issuer, looks, studio)


def pushes_of(identity: AppleIdentity, settings: WalletSettings, service: Service) -> Provider:
    """What tells devices that a pass changed."""
    # HTTP/2 and its tables are in memory only where somebody is pushed to.
    from wallet.apple import provider

    pushes = provider.make(service.work, settings, identity)
    service.at_close(pushes.close)
    return pushes
