"""Every other route of the API: found in the table, checked, forwarded, composed where it must be."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from functools import partial

from contracts.problem import MethodNotAllowed, NotFound, Refusal
from gateway.clients import Client, Pairs
from gateway.edge.cards import CardViews, completed
from gateway.edge.cors import Cors
from gateway.edge.identity import Identity
from gateway.edge.limits import Limits
from gateway.edge.programs import ProgramStatistics
from gateway.edge.requests import NOT_KNOWN, PROBE, Desk, Ongoing, answer_of, checked_key, target_of
from gateway.edge.rewards import RewardStock
from gateway.edge.routes import OWN, Route, RouteTable
from gateway.settings import GatewaySettings
from kit import errors, telemetry
from kit.bodies import read_json
from kit.edge import Answer, Hot, HotRequest, Receive, Scope, Send

#: What the gateway answers itself.
Own = Callable[[HotRequest, Identity], Awaitable[Answer | Ongoing]]


class Forward:
    """An ASGI application, mounted at /api."""

    def __init__(
        self,
        table: RouteTable,
        desk: Desk,
        limits: Limits,
        clients: Mapping[str, Client],
        views: CardViews,
        stock: RewardStock,
        statistics: ProgramStatistics,
        cors: Cors,
        settings: GatewaySettings,
        own: Mapping[str, Own],
    ) -> None:
        self._table = table
        self._desk = desk
        self._limits = limits
        self._clients = clients
        self._views = views
        self._stock = stock
        self._statistics = statistics
        self._cors = cors
        self._base = settings.public_base_url
        self._report_timeout_s = settings.report_timeout_ms / 1000
        self._own = own

    def hot(self, method: str, path: str) -> tuple[str, Hot] | None:
        """What only has to be forwarded: it need not go through a framework."""
        route = self._table.at(path).get(method)
        if route is None or route.service == OWN or route.path in self._own:
            return None
        return route.path, partial(self._forward, route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = (await receive()).get("body", b"")
        answer = await self._answer(HotRequest(scope, dict(scope["headers"]), body, telemetry.trace.get()))
        if not isinstance(answer, Answer):
            await answer(scope, receive, send)
            return
        headers = [*answer.headers, (b"content-length", str(len(answer.body)).encode())]
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        await send({"type": "http.response.body", "body": answer.body})

    async def _answer(self, request: HotRequest) -> Answer | Ongoing:
        routes = self._table.at(request.scope["path"])
        if not routes:
            raise NotFound
        request.scope["template"] = next(iter(routes.values())).path
        route = routes.get(request.scope["method"])
        if route is None:
            return self._cors.preflight(request, routes) or self._not_allowed(request, routes)
        if (own := self._own.get(route.path)) is not None:
            return await own(request, await self._desk.admit(route, request))
        return await self._forward(route, request)

    async def _forward(self, route: Route, request: HotRequest) -> Answer:
        identity = await self._desk.admit(route, request)
        body = read_json(request.body) if request.body else None
        if route.needs_key:
            checked_key(request.headers)
        headers = self._desk.headers(request, identity, route)
        visit = await self._limits.visit(route, request, identity.name, self._desk.address(request), body)
        if visit is None:
            return await self._ask(route, request, identity, headers)
        if visit.refusal is not None:
            return await self._unless_known(route, request, identity, headers, visit.refusal)
        return visit.done(await self._ask(route, request, identity, headers))

    async def _ask(self, route: Route, request: HotRequest, identity: Identity, headers: Pairs) -> Answer:
        reply = await self._clients[route.service].ask(
            route.method,
            target_of(request.scope),
            headers,
            request.body,
            safe_to_repeat=route.may_be_repeated,
            timeout_s=self._report_timeout_s if route.is_report else None,
        )
        if route.cards_in is not None and 200 <= reply.status < 300 and reply.body:
            reply = await self._views.into(route.cards_in, reply, identity.caller)
        elif route.rewards_in is not None and reply.status == 200:
            reply = await self._stock.into(route.rewards_in, reply)
        elif route.programs_in is not None and reply.status == 200:
            reply = await self._statistics.into(route.programs_in, reply)
        elif route.is_part_of_card and reply.status == 200:
            card = await self._clients["cards"].ask(
                "GET", target_of(request.scope).rpartition("/")[0], headers, safe_to_repeat=True
            )
            reply = completed(card, reply)
        return answer_of(reply)

    async def _unless_known(
        self, route: Route, request: HotRequest, identity: Identity, headers: Pairs, refusal: Refusal
    ) -> Answer:
        """There is no room; but what was done under this key before can always be learnt."""
        if not route.needs_key:
            raise refusal
        known = await self._ask(route, request, identity, [*headers, PROBE])
        if known.status == NOT_KNOWN:
            raise refusal
        return known

    def _not_allowed(self, request: HotRequest, routes: Mapping[str, Route]) -> Answer:
        refusal = MethodNotAllowed()
        body = errors.render(
            refusal, base=self._base, instance=request.scope["path"], request_id=request.trace.request_id
        )
        return Answer(
            refusal.status,
            body,
            [*errors.headers_of(refusal), (b"allow", ", ".join(sorted(routes)).encode())],
        )
