"""Google's Wallet API, its token endpoint and its callback keys, as an application of one process."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

import httpx
import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from punchcard.standins.google_keys import CallbackKeys, Event
from punchcard.standins.google_rules import SCHEMAS, Schemas, faults

TOKEN_AUDIENCE = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
SCOPE = "https://www.googleapis.com/auth/wallet_object.issuer"
GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
ROOT = "/walletobjects/v1"
REQUESTS_A_SECOND, NOTICES_A_DAY = 20, 3
JOURNAL_KEPT = 100_000
TOKEN_LIVES_S, DAY_S = 3599, 86_400.0

Kind = Literal["loyaltyClass", "loyaltyObject"]
SCHEMA_OF: Mapping[str, str] = {"loyaltyClass": "LoyaltyClass", "loyaltyObject": "LoyaltyObject"}


class Arrival(NamedTuple):
    """A request of the Wallet API, as it came in by this process's clock."""

    at: float
    method: str
    kind: str
    id: str
    status: int
    notifies: bool
    points: int | None


class Mood(NamedTuple):
    """What it does with requests, `times` times (None: until told otherwise).

    `fail` answers `status`; `stall` waits `seconds` first; `lie` does what is asked and answers `status`;
    `forget` answers 200 and does nothing.
    """

    what: Literal["obey", "fail", "stall", "lie", "forget"] = "obey"
    status: int = 503
    reason: str = "backendError"
    seconds: float = 0.0
    retry_after: int | None = None
    times: int | None = None


class GoogleStandIn:
    """Knows one service account and its issuer. `hear` is called with every arrival."""

    def __init__(
        self,
        service_account: str,
        issuer: str,
        *,
        schemas: Schemas = SCHEMAS,
        callback_url: str | None = None,
        hear: Callable[[Arrival], None] | None = None,
    ) -> None:
        info = json.loads(service_account)
        public = load_pem_private_key(info["private_key"].encode(), None).public_key()
        assert isinstance(public, RSAPublicKey), "a service account has an RSA key"
        self._public, self._email = public, info["client_email"]
        self._issuer = issuer
        self._schemas = schemas
        self._callback_url = callback_url
        self._hear = hear or (lambda arrival: None)
        self._tokens: dict[str, float] = {}
        self._accepted: deque[float] = deque()
        self._notified: dict[str, list[float]] = {}
        self._sending: set[asyncio.Task[None]] = set()
        self.mood = Mood()
        self.keys = CallbackKeys()
        self.journal: deque[Arrival] = deque(maxlen=JOURNAL_KEPT)
        self.classes: dict[str, dict[str, Any]] = {}
        self.objects: dict[str, dict[str, Any]] = {}
        self.refused: list[str] = []
        self.tokens_sold = 0
        self.app = Starlette(
            routes=[
                Route("/token", self._token, methods=["POST"]),
                Route(ROOT + "/{kind}", self._insert, methods=["POST"]),
                Route(ROOT + "/{kind}/{id}", self._change, methods=["GET", "PATCH"]),
                Route("/gp/m/issuer/keys", self._keys),
                Route("/gp/v/save/{token}", self._save),
                Route("/standin", self._control, methods=["GET", "POST"]),
            ]
        )

    # -- what it is told, and what it tells

    def does(self, mood: Mood) -> None:
        """From now on."""
        self.mood = mood

    def withdraw_tokens(self) -> None:
        """Every token is refused from now on; new ones are sold."""
        self._tokens.clear()

    def most_in_a_second(self) -> int:
        """Of all requests that came, taken or not."""
        times = [arrival.at for arrival in self.journal]
        most, first = 0, 0
        for last, at in enumerate(times):
            while at - times[first] >= 1.0:
                first += 1
            most = max(most, last - first + 1)
        return most

    def most_notices_of_a_pass(self) -> int:
        """In any 24 hours, since this process began."""
        in_a_day = (
            sum(at - DAY_S < one <= at for one in times) for times in self._notified.values() for at in times
        )
        return max(in_a_day, default=0)

    def statuses(self) -> Counter[int]:
        return Counter(arrival.status for arrival in self.journal)

    # -- OAuth

    async def _token(self, request: Request) -> Response:
        form = dict(pair.split("=", 1) for pair in (await request.body()).decode().split("&") if "=" in pair)
        if httpx.QueryParams((await request.body()).decode()).get("grant_type") != GRANT:
            return JSONResponse({"error": "unsupported_grant_type"}, 400)
        try:
            claims = jwt.decode(
                form.get("assertion", ""),
                self._public,
                algorithms=["RS256"],
                audience=TOKEN_AUDIENCE,
                issuer=self._email,
                options={"require": ["exp", "iat", "aud", "iss"]},
            )
        except jwt.InvalidTokenError as error:
            return JSONResponse({"error": "invalid_grant", "error_description": str(error)}, 400)
        if SCOPE not in str(claims.get("scope", "")).split():
            return JSONResponse({"error": "invalid_scope"}, 400)
        token = secrets.token_urlsafe(24)
        self._tokens[token] = time.monotonic() + TOKEN_LIVES_S
        self.tokens_sold += 1
        return JSONResponse({"access_token": token, "expires_in": TOKEN_LIVES_S, "token_type": "Bearer"})

    # -- the Wallet API

    async def _insert(self, request: Request) -> Response:
        body = _json(await request.body())
        named = str(body.get("id", "")) if isinstance(body, dict) else ""
        return await self._answer(request, request.path_params["kind"], named, body)

    async def _change(self, request: Request) -> Response:
        kind, named = request.path_params["kind"], request.path_params["id"]
        if request.method == "GET":
            found = self._things(kind).get(named)
            return JSONResponse(found) if found else _error(404, "resourceNotFound")
        return await self._answer(request, kind, named, _json(await request.body()))

    async def _answer(self, request: Request, kind: str, named: str, body: Any) -> Response:
        at = time.monotonic()
        mood = self._mood_now()
        over = self._over_quota(at)
        if mood.what == "stall":
            await asyncio.sleep(mood.seconds)
        notifies = isinstance(body, dict) and body.get("notifyPreference") == "NOTIFY_ON_UPDATE"
        if over:
            answer = _error(429, "rateLimitExceeded")
        elif mood.what == "fail":
            answer = _error(mood.status, mood.reason, mood.retry_after)
        elif mood.what == "forget":
            answer = JSONResponse(body)
        else:
            answer = self._do(request, kind, named, body, at, notifies)
            if mood.what == "lie":
                answer = _error(mood.status, mood.reason, mood.retry_after)
        points = _points(body)
        arrival = Arrival(at, request.method, kind, named, answer.status_code, notifies, points)
        self.journal.append(arrival)
        self._hear(arrival)
        return answer

    def _do(self, request: Request, kind: str, named: str, body: Any, at: float, notifies: bool) -> Response:
        if self._tokens.get(request.headers.get("authorization", "").removeprefix("Bearer "), 0.0) < at:
            return _error(401, "authError")
        if kind not in SCHEMA_OF:
            return _error(404, "notFound")
        patch = request.method == "PATCH"
        if wrong := faults(body, SCHEMA_OF[kind], self._issuer, patch=patch, schemas=self._schemas):
            self.refused += wrong
            return _error(400, "invalid")
        things = self._things(kind)
        if patch and named not in things:
            return _error(404, "resourceNotFound")
        if not patch and named in things:
            return _error(409, "existingResource")
        if kind == "loyaltyObject" and body.get("classId", "") not in {*self.classes, ""}:
            return _error(404, "classNotFound")
        before = things.get(named, {})
        things[named] = _merged(before, {k: v for k, v in body.items() if k != "notifyPreference"})
        if notifies and _points(before) != _points(things[named]):
            self._notified.setdefault(named, []).append(at)
        return JSONResponse(things[named])

    def _things(self, kind: str) -> dict[str, dict[str, Any]]:
        return self.classes if kind == "loyaltyClass" else self.objects

    def _mood_now(self) -> Mood:
        mood = self.mood
        if mood.times is not None:
            left = mood.times - 1
            self.mood = mood._replace(times=left) if left else Mood()
        return mood

    def _over_quota(self, at: float) -> bool:
        while self._accepted and at - self._accepted[0] >= 1.0:
            self._accepted.popleft()
        if len(self._accepted) >= REQUESTS_A_SECOND:
            return True
        self._accepted.append(at)
        return False

    # -- saves and callbacks

    async def _keys(self, _: Request) -> Response:
        return JSONResponse(self.keys.published())

    async def _save(self, request: Request) -> Response:
        """What a phone does with a save link: the object is somebody's now, and we are told."""
        try:
            claims = jwt.decode(
                request.path_params["token"], self._public, algorithms=["RS256"], audience="google",
                issuer=self._email, options={"require": ["iat", "aud", "iss"]},
            )  # fmt: skip
            (row,) = claims["payload"]["loyaltyObjects"]
            known = claims["typ"] == "savetowallet" and row["id"] in self.objects
        except (jwt.InvalidTokenError, KeyError, ValueError, TypeError):
            known = False
        if not known:
            return HTMLResponse("<h1>Something went wrong</h1>", 400)
        self.objects[row["id"]]["hasUsers"] = True
        self._call_back("save", row["classId"], row["id"])
        return HTMLResponse("<h1>Saved to the stand-in for Google Wallet</h1>")

    def _call_back(self, event: Event, class_id: str, object_id: str) -> None:
        url = self._callback_url or self.classes.get(class_id, {}).get("callbackOptions", {}).get("url")
        if url:
            task = asyncio.create_task(_post(url, self.keys.signed(event, class_id, object_id)))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)

    # -- from another process

    async def _control(self, request: Request) -> Response:
        """GET: what it has seen. POST a mood: what it does from now on."""
        if request.method == "POST":
            self.mood = Mood(**_json(await request.body()))
        return JSONResponse(
            {
                "mood": self.mood.what,
                "arrivals": len(self.journal),
                "most_in_a_second": self.most_in_a_second(),
                "statuses": {str(status): count for status, count in self.statuses().items()},
                "most_notices_of_a_pass": self.most_notices_of_a_pass(),
                "classes": len(self.classes),
                "objects": len(self.objects),
                "refused": self.refused[-20:],
            }
        )


def google_app(service_account: str, issuer: str, **more: Any) -> Starlette:
    """The stand-in as an application; `.state.google` is the stand-in itself."""
    standin = GoogleStandIn(service_account, issuer, **more)
    standin.app.state.google = standin
    return standin.app


async def _post(url: str, message: Mapping[str, Any]) -> None:
    """Best effort, as Google's are."""
    try:
        async with httpx.AsyncClient(timeout=5, trust_env=False) as client:
            await client.post(url, json=message)
    except httpx.HTTPError:
        return


def _json(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return None


def _error(status: int, reason: str, retry_after: int | None = None) -> Response:
    headers = {} if retry_after is None else {"retry-after": str(retry_after)}
    body = {"error": {"code": status, "message": reason, "errors": [{"reason": reason, "domain": "global"}]}}
    return JSONResponse(body, status, headers)


def _points(body: Any) -> int | None:
    try:
        points: int = body["loyaltyPoints"]["balance"]["int"]
    except (KeyError, TypeError):
        return None
    return points


def _merged(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """As a PATCH merges: members into members, lists whole, null takes away."""
    result = dict(old)
    for name, value in new.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = _merged(result[name], value)
        else:
            result[name] = value
    return result
