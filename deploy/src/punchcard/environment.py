"""The process contract: every setting of a service by name in its environment, every secret as a file."""

from __future__ import annotations

import os
from pathlib import Path

from punchcard.keys import ADMIN_EMAIL, Keys
from punchcard.service_process import socket_of
from punchcard.services import GATEWAY, SERVICES, ServiceKind

#: For stacks whose callers do in seconds what shops do in a day: tests, the bench, and the demo being made.
RAISED_LIMITS = dict.fromkeys(
    (
        "LIMIT_STAMPS_PER_MINUTE",
        "LIMIT_POINTS_PER_MINUTE",
        "LIMIT_CORRECTIONS_PER_MINUTE",
        "LIMIT_LOOKUPS_PER_MINUTE",
        "LIMIT_STAFF_SESSIONS_PER_MINUTE",
        "LIMIT_ENROLMENTS_PER_HOUR",
        "LIMIT_SIGN_INS_PER_MINUTE",
        "LIMIT_LINK_READS_PER_MINUTE",
        "LIMIT_DEVICE_CALLS_PER_MINUTE",
        "LIMIT_ACCOUNT_SIGN_INS_PER_MINUTE",
        "SLOW_SIGN_INS_PER_MINUTE",
    ),
    "10000000",
)

#: What a service gets of our own environment; all else it is told.
_INHERITED = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "TMPDIR", "SSL_CERT_FILE", "SSL_CERT_DIR")


#: Services that write to people.
MAILING = ("auth-pins", "cards")


def environment(
    kind: ServiceKind,
    *,
    keys: Keys,
    database_url: str,
    bootstrap: str,
    public_base_url: str,
    port: int,
    sockets: Path,
    mail: Path,
) -> dict[str, str]:
    """What this service starts with."""
    env = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    env |= {
        "ENVIRONMENT": "development",
        "PUBLIC_BASE_URL": public_base_url,
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP": bootstrap,
        "KAFKA_INSTANCE_ID": f"{kind.name}-1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_PORT": str(port),
        "HTTP_SOCKET": str(socket_of(kind, sockets)),
        "SIGNING_KEY_FILE": str(keys.signing_key(kind.name)),
        "TRUSTED_KEYS_FILE": str(keys.trusted_keys()),
        "IDEMPOTENCY_SECRET_FILE": str(keys.idempotency_secret(kind.name)),
        "LOG_LEVEL": "INFO",
    }
    env |= {other.url_variable: f"unix:{socket_of(other, sockets)}" for other in SERVICES if other != GATEWAY}
    if kind.name in MAILING and "SMTP_HOST" not in os.environ:
        env["MAIL_FOLDER"] = str(mail)
    if kind.name == "auth-pins":
        env |= {
            "PIN_PEPPER_FILE": str(keys.pin_pepper()),
            "BOOTSTRAP_ADMIN_EMAIL": ADMIN_EMAIL,
            "BOOTSTRAP_ADMIN_PASSWORD_FILE": str(keys.admin_password()),
        }
    return env


#: Identities with Apple and Google, and where they answer; those that are secrets also as files.
_WALLET_SECRETS = (
    "APPLE_PASS_CERTIFICATE",
    "APPLE_PASS_KEY",
    "APPLE_WWDR_CERTIFICATE",
    "APPLE_PUSH_CA",
    "GOOGLE_SERVICE_ACCOUNT",
)
WALLET_SETTINGS = (
    *_WALLET_SECRETS,
    *(f"{name}_FILE" for name in _WALLET_SECRETS),
    "APPLE_PUSH_URL",
    "APPLE_SHARING_PROHIBITED",
    "GOOGLE_ISSUER_ID",
    "GOOGLE_API_URL",
    "GOOGLE_TOKEN_URL",
    "GOOGLE_CALLBACK_KEYS_URL",
    "GOOGLE_SAVE_URL",
)


def given() -> dict[str, str]:
    """What .env.example lists for the services, where it is set in our environment."""
    names = (
        "LOG_LEVEL",
        "CORS_ORIGINS",
        "TRUSTED_PROXIES",
        "DOCS_ENABLED",
        "METRICS_NETWORKS",
        "PIN_HASH_COST",
        "PASSWORD_HASH_COST",
        "OIDC_ISSUERS",
        "MAIL_FROM",
        "SMTP_HOST",
        "SMTP_PORT",
        "SMTP_SECURITY",
        "SMTP_USER",
        "SMTP_PASSWORD",
        "SMTP_PASSWORD_FILE",
        *WALLET_SETTINGS,
        *RAISED_LIMITS,
    )
    return {name: os.environ[name] for name in names if name in os.environ}
