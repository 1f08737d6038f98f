"""Limits: who calls how often, counted in memory, with headers that say how much is left."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import time
import unicodedata
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from typing import Any, NamedTuple

from contracts.problem import RateLimited, said
from gateway.edge.limits.policies import Rulebook
from gateway.edge.limits.windows import Count, Policy
from gateway.edge.routes import Route
from gateway.settings import GatewaySettings
from kit.edge import Answer, HotRequest, Scope

#: In a request's scope: the headers that the door puts on its answer, whatever that is.
SCOPE = "limits"
#: Under each policy no more callers than this are remembered (a kilobyte each): who came first is forgotten
#: first. By policy, so that no number of addresses makes the door forget a till.
COUNTS_KEPT = 50_000
#: A sign-in to an account that is asked for more often waits this long for each one too many.
SLOWED_BY_S, SLOWED_AT_MOST_S, SLOWED_AT_ONCE = 0.25, 2.0, 500
#: A network that one customer of a provider has to itself.
IPV6_PREFIX = 64
REPLAYED = (b"idempotency-replayed", b"true")


class Visit(NamedTuple):
    """One request that counts; `refusal` is what it gets when there is no room and its key is not known."""

    limits: Limits
    scope: Scope
    counts: tuple[Count, ...]
    slot_of: tuple[int, ...]
    now: float
    refusal: RateLimited | None

    def done(self, answer: Answer) -> Answer:
        """The answer as it goes out. A replay takes no room: it is answered before the limit."""
        if self.refusal is None and REPLAYED in answer.headers:
            for count, slot in zip(self.counts, self.slot_of, strict=True):
                self.limits.add(count, slot, -1)
            self.scope[SCOPE] = headers_of(self.counts, self.now)
        return answer


class Limits:
    """Counts; what it counted is told to the other replicas by `Settling`."""

    def __init__(self, settings: GatewaySettings, clock: Callable[[], float] = time.time) -> None:
        self._rules = Rulebook(settings)
        self._secret = settings.idempotency_secret.get_secret_value().encode()
        self._slow_after = settings.slow_sign_ins_per_minute
        self._slowed = 0
        self._counts: dict[str, dict[str, Count]] = {}
        self.clock = clock
        #: Counts that the other replicas have not heard of yet.
        self.touched: dict[bytes, Count] = {}

    async def visit(
        self, route: Route, request: HotRequest, name: str, address: bytes, body: Any = None
    ) -> Visit | None:
        """Count this request, unless there is no room for it; None where nothing limits the route."""
        policies = self._rules.of(route)
        if policies is None:
            return None
        now = self.clock()
        if policies.caller is not None:
            return self._enter(request.scope, (self._count(policies.caller, name),), now)
        if policies.named is not None:
            parts = request.scope["path"].split("/")
            who = f"{parts[policies.part - 1]} {parts[policies.part]}"
            return self._enter(request.scope, (self._count(policies.named, who),), now)
        assert policies.address is not None
        place = _network(address)
        counts = [self._count(policies.address, place)]
        account = _account(body) if policies.account_and_address is not None else None
        if account is not None and policies.account_and_address and policies.account:
            counts.append(self._count(policies.account_and_address, f"{account} {place}"))
            visit = self._enter(request.scope, tuple(counts), now)
            if visit.refusal is None:
                await self._slow(self._count(policies.account, account), now)
            return visit
        return self._enter(request.scope, tuple(counts), now)

    def _enter(self, scope: Scope, counts: tuple[Count, ...], now: float) -> Visit:
        full = [count for count in counts if not count.has_room(now)]
        slots = tuple(count.policy.slot_at(now) for count in counts)
        if not full:
            for count, slot in zip(counts, slots, strict=True):
                self.add(count, slot)
        scope[SCOPE] = headers_of(counts, now)
        return Visit(self, scope, counts, slots, now, _refusal(full, now) if full else None)

    def add(self, count: Count, slot: int, times: int = 1) -> None:
        """Count it, for the others too."""
        count.add(slot, times)
        self.touched[count.who] = count

    async def _slow(self, count: Count, now: float) -> None:
        """Nobody can lock an owner out, and nobody can try many passwords quickly from many places."""
        count.has_room(now)
        self.add(count, count.policy.slot_at(now))
        wait_s = min(SLOWED_AT_MOST_S, (count.total - self._slow_after) * SLOWED_BY_S)
        if wait_s <= 0 or self._slowed >= SLOWED_AT_ONCE:
            return
        self._slowed += 1
        try:
            await asyncio.sleep(wait_s)
        finally:
            self._slowed -= 1

    def _count(self, policy: Policy, who: str) -> Count:
        counts = self._counts.setdefault(policy.name, {})
        found = counts.get(who)
        if found is None:
            if len(counts) >= COUNTS_KEPT:
                first = counts.pop(next(iter(counts)))
                self.touched.pop(first.who, None)
            found = counts[who] = Count(policy, self._digest(policy, who))
        return found

    def _digest(self, policy: Policy, who: str) -> bytes:
        """What stands for the caller in the database: no address and no e-mail can be read from it.

        A limit that was changed counts anew.
        """
        text = f"limit {policy.name} {policy.quota} {policy.window_s} {who}"
        return hmac.digest(self._secret, text.encode(), "sha256")[:16]

    def forget_old(self) -> None:
        """Drop those whose window is over, whether the others have heard of them or not."""
        now = self.clock()
        for counts in self._counts.values():
            for who in [who for who, count in counts.items() if count.is_over(now)]:
                self.touched.pop(counts.pop(who).who, None)


def _refusal(full: list[Count], now: float) -> RateLimited:
    seconds = max(count.wait_s(now) for count in full)
    refusal = RateLimited(said("Try again in {seconds} seconds", seconds=seconds))
    refusal.retry_after_s = seconds
    return refusal


def headers_of(counts: tuple[Count, ...], now: float) -> list[tuple[bytes, bytes]]:
    """`RateLimit-Policy` and `RateLimit` as draft-ietf-httpapi-ratelimit-headers-10 writes them."""
    policies = ", ".join([count.policy.words for count in counts])
    left = ", ".join([f'"{c.policy.name}";r={c.left()};t={c.wait_s(now)}' for c in counts])
    return [(b"ratelimit-policy", policies.encode()), (b"ratelimit", left.encode())]


def _network(address: bytes) -> str:
    """An IPv4 address, or the network of an IPv6 one."""
    text = address.decode("latin-1")
    try:
        found = ip_address(text)
    except ValueError:
        return text
    mapped = getattr(found, "ipv4_mapped", None)
    if mapped is not None:
        return str(mapped)
    return text if found.version == 4 else str(ip_network((found, IPV6_PREFIX), strict=False))


def _account(body: Any) -> str | None:
    """The account that a sign-in names, as a hash: the e-mail as it is compared."""
    email = body.get("email") if isinstance(body, dict) else None
    if not isinstance(email, str):
        return None
    text = unicodedata.normalize("NFC", email.strip()).casefold()
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
