"""Where a picture may be fetched from: public addresses, whatever a name, a literal or a redirect says."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

HTTPS_PORTS = frozenset({443})
URL_LIMIT, RESOLVE_TIMEOUT_S = 2000, 5.0

#: The addresses of a host, as text.
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]

#: All of IPv6 that is given out for the internet; what lies outside is local, or holds an address of IPv4.
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
#: Networks in which another address hides, that would have to be looked at by itself; and one of examples.
_CARRIERS = tuple(ipaddress.ip_network(text) for text in ("2002::/16", "2001::/32", "3fff::/20"))


class Refused(Exception):
    """It is never fetched from there. The words name no address."""


class Target(NamedTuple):
    """Where to connect: the address that was checked, not the name that might mean another one later."""

    url: str
    address: str


def is_public(address: str) -> bool:
    """Whether this IP address is one of the public internet."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return is_public(str(found.ipv4_mapped))
        if found not in _GIVEN_OUT or any(found in network for network in _CARRIERS):
            return False
    return found.is_global and not found.is_multicast


class Guard:
    """Checks an address of the web and says where to connect. `allowed` is another rule for tests only."""

    def __init__(
        self,
        resolve: Resolve | None = None,
        allowed: Callable[[str], bool] = is_public,
        ports: frozenset[int] | None = HTTPS_PORTS,
    ) -> None:
        self._resolve = resolve or resolved
        self._allowed = allowed
        self._ports = ports

    async def target(self, url: str) -> Target:
        """Refused when it must not be fetched; OSError when its name has no address now."""
        host, port = self._host_of(url)
        try:
            addresses = await self._resolve(host, port)
        except UnicodeError:  # no name may be written so: `a..b`, or a part of more than 63 letters
            raise Refused("its address is no address of the web") from None
        if not addresses:
            raise OSError("the name has no address")
        # One private address is enough: who mixes them wants the other one to be taken some day.
        if not all(self._allowed(address) for address in addresses):
            raise Refused("its address is not a public one")
        return Target(url, addresses[0])

    def _host_of(self, url: str) -> tuple[str, int]:
        if len(url) > URL_LIMIT or not url.isascii() or not url.isprintable():
            raise Refused("its address is no address of the web")
        try:
            parts = urlsplit(url)
            host, port = parts.hostname, parts.port or 443
        except ValueError:
            raise Refused("its address is no address of the web") from None
        if parts.scheme != "https" or not host:
            raise Refused("its address does not begin with https://")
        if parts.username is not None or parts.password is not None:
            raise Refused("its address holds a user name")
        if self._ports is not None and port not in self._ports:
            raise Refused("its address names a port of its own")
        return host, port


async def resolved(host: str, port: int) -> Sequence[str]:
    """The addresses that the system knows for this name."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(RESOLVE_TIMEOUT_S):
        rows = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return [str(row[4][0]) for row in rows]
