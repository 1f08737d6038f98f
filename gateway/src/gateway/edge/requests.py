"""What goes along with a request to a service, what comes back with its answer, what is checked before."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from urllib.parse import quote

from contracts.problem import Forbidden, Unauthenticated
from gateway.clients import Pairs, Reply
from gateway.edge.addresses import Addresses
from gateway.edge.identity import Identities, Identity
from gateway.edge.routes import Route
from kit.edge import Answer, HotRequest, Receive, Scope, Send
from kit.idempotency import check_key

#: A caller's headers that go on; all others stay here, above all those by which we vouch for something.
GOES_ON = (
    b"accept",
    b"accept-language",
    b"content-type",
    b"idempotency-key",
    b"if-match",
    b"if-modified-since",
    b"if-none-match",
)
#: What a device says of itself to the wallet, as the wallet gets it: `authorization` is ours to the service.
HANDED_ON = b"x-pass-authorization"
#: A service's headers that come back.
COMES_BACK = frozenset(
    b"allow cache-control content-disposition content-language content-type etag idempotency-replayed"
    b" last-modified location ratelimit ratelimit-policy report-as-of report-missing retry-after"
    b" www-authenticate".split()
)
AGENT_LIMIT = 300
#: In a request's scope, when only the head of the answer is asked for.
HEAD = "head"
#: An answer that is written as it comes about.
Ongoing = Callable[[Scope, Receive, Send], Awaitable[None]]
#: Asks a service whether a key is known: it answers as it did, or that it does not know it.
PROBE = (b"x-probe", b"1")
NOT_KNOWN = 204
_NO_STORE = (b"cache-control", b"no-store")


class Desk:
    """Lets a caller in, and writes the headers that go on with the request."""

    def __init__(self, identities: Identities, addresses: Addresses) -> None:
        self._identities = identities
        self._addresses = addresses

    async def admit(self, route: Route, request: HotRequest) -> Identity:
        """Who asks. Unauthenticated, or Forbidden when the route is not for them."""
        if route.callers == {"public"}:
            identity: Identity | None = self._identities.public()
        else:
            identity = await self._identities.of(request.headers.get(b"authorization"))
        if identity is None:
            if not route.for_everyone:
                raise Unauthenticated(
                    "No Authorization header came: send Authorization: Bearer <API key or access token>"
                )
            identity = self._identities.public()
        request.scope["caller"] = identity.name
        if identity.caller.role not in route.callers and not route.for_everyone:
            raise Forbidden
        return identity

    def address(self, request: HotRequest) -> bytes:
        """Where it comes from, as far as proxies are believed."""
        return self._addresses.of(request.scope, request.headers)

    def headers(
        self, request: HotRequest, identity: Identity, route: Route | None = None
    ) -> list[tuple[bytes, bytes]]:
        """What goes on with the request."""
        given = request.headers
        pairs = [
            (b"authorization", identity.bearer),
            (b"x-request-id", request.trace.request_id.encode()),
            (b"traceparent", request.trace.traceparent.encode()),
            (b"x-client-address", self.address(request)),
        ]
        if agent := given.get(b"user-agent"):
            pairs.append((b"x-client-agent", agent[:AGENT_LIMIT]))
        pairs += [(name, given[name]) for name in GOES_ON if name in given]
        if route is not None and route.hands_on_authorization and b"authorization" in given:
            pairs.append((HANDED_ON, given[b"authorization"]))
        return pairs


def checked_key(headers: Mapping[bytes, bytes]) -> str:
    """The request's idempotency key. IdempotencyKeyMissing, IdempotencyKeyInvalid."""
    key = headers.get(b"idempotency-key")
    return check_key(None if key is None else key.decode("latin-1"))


def target_of(scope: Scope) -> str:
    """Path and query as they go on: written anew from what was matched, so that a service reads the same."""
    path = quote(scope["path"], safe="/:@!$&'()*+,;=~-._")
    query: bytes = scope.get("query_string", b"")
    return f"{path}?{quote(query, safe=_QUERY)}" if query else path


#: Every printable ASCII sign stays as it was written; anything else is percent-encoded.
_QUERY = "".join(map(chr, range(0x21, 0x7F)))


def answer_of(reply: Reply) -> Answer:
    """A service's answer as it goes back."""
    return Answer(reply.status, reply.body, headers_of(reply.headers))


def headers_of(headers: Pairs) -> Sequence[tuple[bytes, bytes]]:
    """Those that come back, with `Cache-Control` in any case."""
    pairs = [pair for pair in headers if pair[0] in COMES_BACK]
    if not any(name == b"cache-control" for name, _ in pairs):
        pairs.append(_NO_STORE)
    return pairs
