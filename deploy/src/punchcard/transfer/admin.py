"""The admin API as import and export use it: signed in anew when it must be, patient with a busy platform."""

from __future__ import annotations

import asyncio
import os
import uuid
from collections.abc import Mapping
from typing import Any, NamedTuple, Self

import httpx
import typer

from punchcard.home import Home
from punchcard.keys import ADMIN_EMAIL, Keys
from punchcard.problems import Found, MachineCannot, WrongUsage

ADMIN = "/api/v1/admin/loyalty"
TRIES = 30
WAIT_S = 0.5
#: A sign-in that comes too early is told when it may come again: within a minute.
MOST_WAIT_S = 60.0
_LATER = (429, 503)
_IN_USE = "idempotency-key-in-use"


class Access(NamedTuple):
    """Where the gateway is, and as whom to sign in."""

    url: str
    email: str
    password: str


def access(home: Home) -> Access:
    """From PUNCHCARD_URL, PUNCHCARD_ADMIN_EMAIL and PUNCHCARD_ADMIN_PASSWORD, else the platform here."""
    from punchcard.demo.show import gateway_of

    email, password = (os.environ.get(f"PUNCHCARD_ADMIN_{name}") for name in ("EMAIL", "PASSWORD"))
    url = os.environ.get("PUNCHCARD_URL")
    if url and not (email and password):
        raise WrongUsage("With PUNCHCARD_URL, PUNCHCARD_ADMIN_EMAIL and PUNCHCARD_ADMIN_PASSWORD are needed.")
    url = url or gateway_of(home)  # before its password: no directory without a platform has one
    if not password:
        password = Keys(home.keys).admin_password().read_text().strip()
    return Access(url, email or ADMIN_EMAIL, password)


class Admin:
    """`async with Admin(access) as admin`."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._client = httpx.AsyncClient(base_url=access.url, timeout=30)
        self._token = ""
        self._signing_in = asyncio.Lock()

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._client.aclose()

    async def merchant(self, slug: str) -> dict[str, Any]:
        """The merchant with this slug. WrongUsage when there is none."""
        page = await self.get("/merchants", {"search": slug})
        for one in page["items"]:
            if one["slug"] == slug:
                found: dict[str, Any] = one
                return found
        raise WrongUsage(f"There is no merchant {slug}.")

    async def get(self, path: str, params: Mapping[str, Any]) -> dict[str, Any]:
        return await self._ask("GET", path, params={n: v for n, v in params.items() if v is not None})

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Under one key however often it has to be sent."""
        return await self._ask("POST", path, json=body, headers={"idempotency-key": str(uuid.uuid4())})

    async def _ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        headers = request.pop("headers", {})
        for tries in range(1, TRIES + 1):
            token = self._token or await self._sign_in("")
            try:
                response = await self._client.request(
                    method, ADMIN + path, headers={**headers, "authorization": f"Bearer {token}"}, **request
                )
            except httpx.TransportError as error:
                if tries == TRIES:
                    raise MachineCannot(f"The gateway at {self._access.url} does not answer.") from error
                await asyncio.sleep(WAIT_S)
                continue
            if response.is_success:
                answer: dict[str, Any] = response.json()
                return answer
            if response.status_code == 401:
                await self._sign_in(token)
            elif response.status_code in _LATER or _IN_USE in response.text:
                await asyncio.sleep(min(5.0, float(response.headers.get("retry-after", WAIT_S))))
            else:
                break
        raise Found(f"{method} {path} was refused with {response.status_code}: {_words(response)}")

    async def _sign_in(self, old: str) -> str:
        """A new token, unless another request has just got one."""
        async with self._signing_in:
            if self._token != old:
                return self._token
            response = await self._ask_for_token()
            # Each call of `import` and `export` signs in: a script soon meets the limit.
            if response.status_code == 429:
                wait_s = min(MOST_WAIT_S, float(response.headers.get("retry-after", WAIT_S)))
                typer.echo(f"Too many sign-ins in a minute; trying again in {wait_s:.0f} s", err=True)
                await asyncio.sleep(wait_s)
                response = await self._ask_for_token()
            if not response.is_success:
                raise MachineCannot(f"Signing in as {self._access.email} was refused: {_words(response)}")
            self._token = str(response.json()["access_token"])
            return self._token

    async def _ask_for_token(self) -> httpx.Response:
        body = {"email": self._access.email, "password": self._access.password}
        try:
            return await self._client.post("/api/v1/auth/token", json=body)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise MachineCannot(f"The gateway at {self._access.url} does not answer.") from error


def _words(response: httpx.Response) -> str:
    """What a problem says; of anything else its beginning."""
    try:
        return str(response.json()["detail"])
    except (ValueError, KeyError, TypeError):
        return response.text[:200] or f"status {response.status_code}"
