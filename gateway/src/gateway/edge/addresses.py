"""The address a request came from: the connection's, or what proxies trusted by a setting say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from ipaddress import ip_address

from gateway.settings import Network
from kit.edge import Scope

_NONE = b"-"


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


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
