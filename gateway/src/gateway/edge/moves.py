"""The moves of a balance, on the short way to the ledger: no framework, one hop unless a PIN came along."""

from __future__ import annotations

from typing import Any

import msgspec

from contracts.problem import Refusal
from gateway.clients import Client, Reply
from gateway.edge.approval import STAFF, STAFF_SESSION, Approval, take_approval
from gateway.edge.identity import Identity
from gateway.edge.limits import Limits
from gateway.edge.requests import NOT_KNOWN, PROBE, Desk, answer_of, checked_key
from gateway.edge.routes import Route
from kit.bodies import read_json
from kit.edge import Answer, Hot, HotRequest

VENDOR = "/api/v1/vendor/loyalty"
MOVES = tuple(
    f"{VENDOR}/{name}"
    for name in (
        *("stamp", "stamp/redeem", "stamp/void", "stamp/adjust"),
        *("points/earn", "points/redeem", "points/void", "points/adjust"),
    )
)
STAFF_SESSIONS = f"{VENDOR}/staff-sessions"
#: The PIN came along with this very request: it approves a sale of before, as no later session does.
BY_PIN = ((b"x-staff-pin", b"1"),)
_encode = msgspec.json.Encoder().encode


class Moves:
    """Checks in the contract's order: identity, role, JSON, key, body, replay, limits, approval, rules."""

    def __init__(self, desk: Desk, limits: Limits, ledger: Client, auth_pins: Client) -> None:
        self._desk = desk
        self._limits = limits
        self._ledger = ledger
        self._auth_pins = auth_pins

    def hot(self, route: Route) -> Hot:
        """The handler of one move."""

        async def handle(request: HotRequest) -> Answer:
            request.scope["template"] = route.path
            identity = await self._desk.admit(route, request)
            move = read_json(request.body)
            dry = isinstance(move, dict) and move.get("dry_run") is True
            if not dry:
                checked_key(request.headers)
            # Anything else than an object goes on as it came: the ledger says what is wrong with the body.
            approval, body = _split(move, request.body)
            headers = self._desk.headers(request, identity)
            if dry:
                headers = [pair for pair in headers if pair[0] != b"idempotency-key"]
            visit = await self._limits.visit(route, request, identity.name, b"")
            if visit is None:
                return await self._forward(route, request, identity, headers, body, approval)
            if visit.refusal is not None:
                return await self._unless_known(route, headers, body, visit.refusal)
            return visit.done(await self._forward(route, request, identity, headers, body, approval))

        return handle

    async def _forward(
        self,
        route: Route,
        request: HotRequest,
        identity: Identity,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        approval: Approval,
    ) -> Answer:
        if approval.code_and_pin:
            return await self._approved(route, request, identity, headers, body, approval)
        if approval.session:
            headers.append((b"x-staff-session", approval.session))
        return answer_of(await self._move(route, headers, body))

    async def _unless_known(
        self, route: Route, headers: list[tuple[bytes, bytes]], body: bytes, refusal: Refusal
    ) -> Answer:
        """There is no room; but a till can always learn how a move came out, and what is wrong with one."""
        known = await self._move(route, [*headers, PROBE], body)
        if known.status == NOT_KNOWN:
            raise refusal
        return answer_of(known)

    async def _approved(
        self,
        route: Route,
        request: HotRequest,
        identity: Identity,
        headers: list[tuple[bytes, bytes]],
        body: bytes,
        approval: Approval,
    ) -> Answer:
        """Exchange code and PIN for a session first, unless the move is wrong or known already."""
        known = await self._move(route, [*headers, PROBE], body)
        if known.status != NOT_KNOWN:
            return answer_of(known)
        bought = await self._buy(request, identity, approval)
        if not 200 <= bought.status < 300:
            return answer_of(_in_place(bought, request.scope["path"]))
        session = bought.json()[STAFF_SESSION].encode()
        return answer_of(await self._move(route, [*headers, (b"x-staff-session", session), *BY_PIN], body))

    async def _move(self, route: Route, headers: list[tuple[bytes, bytes]], body: bytes) -> Reply:
        # Every move has a key or keeps nothing: asking twice does it once.
        return await self._ledger.ask("POST", route.path, headers, body, safe_to_repeat=True)

    async def _buy(self, request: HotRequest, identity: Identity, approval: Approval) -> Reply:
        """Never repeated: each time counts as an attempt."""
        headers = [pair for pair in self._desk.headers(request, identity) if pair[0] != b"idempotency-key"]
        return await self._auth_pins.ask("POST", STAFF_SESSIONS, headers, approval.code_and_pin)


def _split(move: Any, body: bytes) -> tuple[Approval, bytes]:
    """The approval, and the move without it: the same bytes when there was none."""
    if not isinstance(move, dict) or (STAFF not in move and STAFF_SESSION not in move):
        return Approval(), body
    approval = take_approval(move)
    return approval, _encode(move)


def _in_place(problem: Reply, path: str) -> Reply:
    """The problem as one of the request that was made, which never was at the staff sessions' address."""
    try:
        members = problem.json()
    except msgspec.DecodeError as error:
        raise Refusal("the answer to a staff approval is not JSON") from error
    return problem._replace(body=_encode({**members, "instance": path}))
