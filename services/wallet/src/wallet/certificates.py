"""When Apple's certificates expire: told in health and metrics before phones refuse the passes."""

from __future__ import annotations

from datetime import datetime

from prometheus_client import Gauge

from kit.telemetry import registry
from wallet.settings import WalletSettings

#: An owner needs time to renew it with Apple.
WARN_DAYS = 30

_expires = Gauge(
    "apple_certificate_expires_timestamp_seconds",
    "When the first of Apple's certificates expires; absent where there is none",
    ["certificate"],
    registry=registry,
)


def expires_at(settings: WalletSettings) -> datetime | None:
    """When the pass certificate or its intermediate expires, whichever is first; None without an identity.

    Also of certificates that expired already, with which no identity can be read.
    """
    texts = {"pass": settings.apple_pass_certificate, "wwdr": settings.apple_wwdr_certificate}
    given = {name: text.get_secret_value() for name, text in texts.items() if text is not None}
    if not given:
        return None
    # Where Apple is not configured this costs no memory.
    from cryptography.x509 import load_pem_x509_certificate

    ends: list[datetime] = []
    for name, pem in given.items():
        try:
            end = load_pem_x509_certificate(pem.encode()).not_valid_after_utc
        except ValueError:
            continue  # what is no certificate is told where the identity is read
        _expires.labels(name).set(end.timestamp())
        ends.append(end)
    return min(ends, default=None)
