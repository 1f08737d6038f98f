"""What the platform consists of: its services, their packages, databases and addresses."""

from __future__ import annotations

from typing import NamedTuple


class ServiceKind(NamedTuple):
    """One process of the platform."""

    name: str  # as in topics, keys and logs: `auth-pins`

    @property
    def package(self) -> str:
        """The Python package, and the database: `auth_pins`."""
        return self.name.replace("-", "_")

    @property
    def url_variable(self) -> str:
        """The variable by which others are told where it is: `AUTH_PINS_URL`."""
        return f"{self.package.upper()}_URL"


GATEWAY = ServiceKind("gateway")
#: In the order in which they start: nobody needs one that comes later.
SERVICES = (*map(ServiceKind, ("programs", "auth-pins", "cards", "ledger", "wallet")), GATEWAY)
SERVICE_NAMES = tuple(kind.name for kind in SERVICES)


def kind_of(name: str) -> ServiceKind:
    """By name or by package."""
    for kind in SERVICES:
        if name in (kind.name, kind.package):
            return kind
    raise KeyError(f"there is no service {name!r}; there are {', '.join(SERVICE_NAMES)}")
