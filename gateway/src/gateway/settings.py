"""The gateway's own settings, on top of those of every service."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import Field, field_validator

from kit.settings import ServiceSettings

Network = IPv4Network | IPv6Network
Limit = Annotated[int, Field(ge=1, le=1_000_000_000)]


class GatewaySettings(ServiceSettings):
    """Lists are written with commas."""

    service: ClassVar[str] = "gateway"

    #: None of what the gateway tells is urgent: audit rows and dead letters.
    relay_idle_ms: int = Field(default=200, ge=1, le=10_000)
    #: Origins whose pages may call the API from a browser: `https://till.example,https://shop.example`.
    cors_origins: str = ""
    #: Addresses or networks of proxies whose `X-Forwarded-For` is believed: `10.0.0.0/8,192.0.2.7`.
    trusted_proxies: str = ""
    #: Addresses or networks that may read `/metrics`; it is never shown to a request that a proxy brought.
    metrics_networks: str = "127.0.0.0/8,::1"
    #: Whether `/openapi.json` and `/docs` are served.
    docs_enabled: bool = True
    #: Kept connections to each service.
    upstream_connections: int = Field(default=64, ge=1, le=1000)
    #: How long a service may take for a report; for all else it is `upstream_timeout_ms`.
    report_timeout_ms: int = Field(default=5000, ge=10, le=60_000)

    #: Limits, each for one terminal or user and minute.
    limit_stamps_per_minute: Limit = 60
    limit_points_per_minute: Limit = 60
    limit_corrections_per_minute: Limit = 20
    limit_lookups_per_minute: Limit = 120
    limit_staff_sessions_per_minute: Limit = 20
    #: Limits, each for one address.
    limit_enrolments_per_hour: Limit = 10
    limit_sign_ins_per_minute: Limit = 10
    limit_link_reads_per_minute: Limit = 60
    #: For one device that holds passes, and for one pass that is fetched; for what devices tell, one address.
    limit_device_calls_per_minute: Limit = 300
    #: For one account and address; and from where on an account alone is slowed down.
    limit_account_sign_ins_per_minute: Limit = 5
    slow_sign_ins_per_minute: Limit = 10
    #: How often replicas tell one another what they counted.
    limits_settle_ms: int = Field(default=150, ge=10, le=10_000)

    #: The live feed: streams open at once, and in each the seconds between two comments, and those that a
    #: reader may leave untaken what was written.
    feed_streams: int = Field(default=5000, ge=0, le=100_000)
    feed_heartbeat_s: float = Field(default=15, gt=0, le=60)
    feed_write_timeout_s: float = Field(default=10, gt=0, le=600)

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, text: str) -> str:
        for origin in _listed(text):
            parts = urlsplit(origin)
            if parts.scheme not in ("http", "https") or origin != f"{parts.scheme}://{parts.netloc}":
                raise ValueError(f"{origin!r} is not an origin, which looks like https://till.example")
        return text

    @field_validator("trusted_proxies", "metrics_networks")
    @classmethod
    def _networks(cls, text: str) -> str:
        for network in _listed(text):
            ip_network(network)
        return text

    @property
    def origins(self) -> frozenset[str]:
        return frozenset(_listed(self.cors_origins))

    @property
    def proxies(self) -> tuple[Network, ...]:
        return tuple(ip_network(network) for network in _listed(self.trusted_proxies))

    @property
    def metrics_readers(self) -> tuple[Network, ...]:
        return tuple(ip_network(network) for network in _listed(self.metrics_networks))


def _listed(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]
