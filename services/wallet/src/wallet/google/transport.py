"""How google-auth, which works in a thread, asks through our own client, which lives in the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import TimeoutError as TooLate
from typing import Any

from google.auth.exceptions import TransportError
from google.auth.transport import Request, Response

from kit.http import Reply
from kit.outward import AnswerTooLarge, NoAnswer, Outward

TIMEOUT_S = 10.0


class _Answer(Response):
    def __init__(self, reply: Reply) -> None:
        self._reply = reply

    @property
    def status(self) -> int:
        return self._reply.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._reply.headers

    @property
    def data(self) -> bytes:
        return self._reply.body


class Transport(Request):
    """Called by google-auth, never in the loop's own thread."""

    def __init__(self, outward: Outward, loop: asyncio.AbstractEventLoop) -> None:
        self._outward = outward
        self._loop = loop

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **_: Any,
    ) -> Response:
        content = body.encode() if isinstance(body, str) else body
        asking = asyncio.run_coroutine_threadsafe(
            self._outward.ask(method, url, headers, content, timeout_s=min(timeout or TIMEOUT_S, TIMEOUT_S)),
            self._loop,
        )
        try:
            return _Answer(asking.result(TIMEOUT_S + 1))
        except (NoAnswer, AnswerTooLarge, TooLate) as error:
            asking.cancel()
            raise TransportError(type(error).__name__) from None  # type: ignore[no-untyped-call]
