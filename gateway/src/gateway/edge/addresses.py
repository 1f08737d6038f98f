"""The address a request came from: the connection's, or what proxies trusted by a setting say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address

from gateway.settings import Network
from kit.edge import Scope

_NONE = b"-"


#: What a proxy adds: whoever is behind it is not who connected.
_BY_PROXY = (
    b"forwarded",
    b"via",
    b"x-forwarded-for",
    b"x-forwarded-host",
    b"x-forwarded-proto",
    b"x-real-ip",
)


class Insiders:
    """Those who connect from these networks themselves, or through a unix socket."""

    def __init__(self, networks: Sequence[Network]) -> None:
        self._networks = networks

    def __call__(self, scope: Scope) -> bool:
        if any(name in _BY_PROXY for name, _ in scope["headers"]):
            return False
        client = scope.get("client")
        address = _address(client[0]) if client and client[0] else None
        if address is None:
            return not client
        return any(address in network for network in self._networks)


class Addresses:
    def __init__(self, proxies: Sequence[Network]) -> None:
        self._proxies = proxies

    def of(self, scope: Scope, headers: Mapping[bytes, bytes]) -> bytes:
        """The nearest address that is not a trusted proxy's; `-` on a unix socket."""
        client = scope.get("client")
        address = client[0] if client else ""
        if self._proxies and self._trusts(address):
            hops = headers.get(b"x-forwarded-for", b"").decode("latin-1").split(",")
            for hop in map(str.strip, reversed(hops)):
                if not _is_address(hop):
                    break
                address = hop
                if not self._trusts(hop):
                    break
        return address.encode("latin-1") if address else _NONE

    def _trusts(self, address: str) -> bool:
        return _is_address(address) and any(ip_address(address) in network for network in self._proxies)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An IPv4 address that is written as an IPv6 one is that IPv4 address."""
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
