"""A caller of the public API over one kept connection: a user who signed in, or a till with its key."""

from __future__ import annotations

import time
import uuid
from collections.abc import Mapping
from typing import Any, Self

import httpx

from punchcard.problems import Found
from punchcard.stack import Credentials, Stack

VENDOR = "/api/v1/vendor/loyalty"


class Person:
    """`with Person(stack, key) as till` or `with Person.signed_in(stack, credentials) as owner`."""

    def __init__(self, stack: Stack, token: str) -> None:
        headers = {"authorization": f"Bearer {token}"}
        self._client = httpx.Client(base_url=stack.gateway_url, timeout=30, headers=headers)

    @classmethod
    def signed_in(cls, stack: Stack, who: Credentials) -> Self:
        answer = httpx.post(f"{stack.gateway_url}/api/v1/auth/token", json=who._asdict(), timeout=30)
        return cls(stack, answer.raise_for_status().json()["access_token"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def ask(self, method: str, path: str, body: Any = None, etag: str | None = None) -> httpx.Response:
        """Whatever the answer is."""
        headers = {"if-match": etag} if etag else {}
        if method == "POST":
            headers["idempotency-key"] = str(uuid.uuid4())
        return self._client.request(method, VENDOR + path, json=body, headers=headers)

    def get(self, path: str, params: Mapping[str, str]) -> tuple[Any, float]:
        """The answer, and how many milliseconds it took. Found when it was refused."""
        began = time.perf_counter()
        response = self._client.get(VENDOR + path, params=dict(params))
        took_ms = (time.perf_counter() - began) * 1000
        return _good(response), took_ms

    def does(self, method: str, path: str, body: Any = None, etag: str | None = None) -> Any:
        """The answer. Found when it was refused."""
        return _good(self.ask(method, path, body, etag))


def _good(response: httpx.Response) -> Any:
    if not response.is_success:
        where = f"{response.request.method} {response.request.url.path}"
        raise Found(f"{where} was refused with {response.status_code}: {response.text[:300]}")
    return response.json() if response.content else None
