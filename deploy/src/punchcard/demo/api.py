"""The few calls of the public API that the demo makes, each with a key that makes it safe to repeat."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable
from typing import Any

import httpx

from punchcard.problems import Found

#: 429 and 503 say when to come back; a platform that is still warming up may say so a few times.
TRIES = 60


class Api:
    """`name` begins every idempotency key: the same demo asked twice is answered twice with the same.

    `one_more` hears of each thing that was made.
    """

    def __init__(
        self, client: httpx.AsyncClient, name: str, one_more: Callable[[], None] = lambda: None
    ) -> None:
        self._client = client
        self._name = name
        self._one_more = one_more

    async def sign_in(self, email: str, password: str) -> str:
        """An access token."""
        answer = await self._post("/api/v1/auth/token", {"email": email, "password": password}, {})
        return str(answer["access_token"])

    async def staff_session(self, api_key: str, code: str, pin: str) -> str:
        headers = {"authorization": f"Bearer {api_key}"}
        body = {"staff_code": code, "pin": pin}
        answer = await self._post("/api/v1/vendor/loyalty/staff-sessions", body, headers)
        return str(answer["staff_session"])

    async def create(
        self, token: str, step: str, audience: str, path: str, body: dict[str, Any] | None
    ) -> dict[str, Any]:
        """POST as whom the token belongs to; `step` names this call within the demo."""
        made = await self._keyed(token, f"{self._name}-{step}-{path}", audience, path, body)
        self._one_more()
        return made

    async def once_more(self, token: str, audience: str, path: str) -> dict[str, Any]:
        """A POST with a fresh key: for a secret that a replayed answer does not show again."""
        return await self._keyed(token, str(uuid.uuid4()), audience, path, None)

    async def _keyed(
        self, token: str, key: str, audience: str, path: str, body: dict[str, Any] | None
    ) -> dict[str, Any]:
        headers = {"authorization": f"Bearer {token}", "idempotency-key": key}
        return await self._post(f"/api/v1/{audience}/loyalty/{path}", body, headers)

    async def _post(self, path: str, body: dict[str, Any] | None, headers: dict[str, str]) -> dict[str, Any]:
        for _ in range(TRIES):
            response = await self._client.post(path, json=body, headers=headers)
            if response.status_code not in (429, 503):
                break
            await asyncio.sleep(min(5.0, float(response.headers.get("retry-after", "0.1"))))
        if response.is_success:
            answer: dict[str, Any] = response.json()
            return answer
        raise Found(f"The demo's POST {path} was refused with {response.status_code}: {response.text[:300]}")
