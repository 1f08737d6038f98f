"""Calls of the Wallet API, and what its answers mean."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kit.outward import AnswerTooLarge, NoAnswer, Outward
from wallet.domain import Never, NotNow
from wallet.google.account import NoToken, Tokens

Kind = Literal["loyaltyClass", "loyaltyObject"]

CALL_TIMEOUT_S = 10.0
#: After a 429 that does not say how long; and when the account may not do this at all.
QUOTA_PAUSE_S, FORBIDDEN_PAUSE_S, LONGEST_PAUSE_S = 2.0, 300.0, 3600.0
_QUOTA_REASONS = frozenset(
    {"rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded", "RESOURCE_EXHAUSTED"}
)
#: Of our client: no connection came about, so nothing was sent.
_NEVER_LEFT = ("ConnectError", "ConnectTimeout", "PoolTimeout")
_REASON = re.compile(r"[A-Za-z_-]{1,60}")


@dataclass(frozen=True)
class Answered:
    """What came back. `reason` is one word of Google's, `sent` is False when the request never left."""

    status: int
    reason: str = ""
    wait_s: float = 0.0
    sent: bool = True

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300

    @property
    def over_quota(self) -> bool:
        return self.status == 429 or (self.status == 403 and self.reason in _QUOTA_REASONS)

    @property
    def surely_without_effect(self) -> bool:
        """Google did nothing, as it said; or it was never asked."""
        return not self.sent or 400 <= self.status < 500

    def outcome(self) -> NotNow | Never:
        """What becomes of a delivery that was not taken."""
        error = f"{self.status} {self.reason}".strip() if self.status else self.reason
        if self.over_quota:
            return NotNow(error, self.wait_s or QUOTA_PAUSE_S, of_provider=False)
        if self.status == 403:
            return NotNow(error, self.wait_s or FORBIDDEN_PAUSE_S, refuses_us=True)
        if self.status in (404, 409, 412):
            return NotNow(error, self.wait_s, of_provider=False)
        if self.status in (0, 401, 408) or self.status >= 500:
            return NotNow(error, self.wait_s, refuses_us=self.status == 401)
        return Never(error)


class Calls:
    """Inserts and patches, in the service account's name."""

    def __init__(self, outward: Outward, tokens: Tokens, root: str) -> None:
        self._outward = outward
        self._tokens = tokens
        self._root = root.rstrip("/")

    async def ready(self) -> Answered | None:
        """Buy a token ahead, so that the call itself leaves in its turn; what went wrong, if it did."""
        try:
            await self._tokens.bearer()
        except NoToken as error:
            return Answered(0, f"no-token {error}", sent=False)
        return None

    async def insert(self, kind: Kind, body: Mapping[str, Any]) -> Answered:
        return await self._ask("POST", f"/{kind}", body)

    async def patch(self, kind: Kind, body: Mapping[str, Any]) -> Answered:
        return await self._ask("PATCH", f"/{kind}/{body['id']}", body)

    async def _ask(self, method: str, path: str, body: Mapping[str, Any]) -> Answered:
        try:
            headers = {
                "authorization": f"Bearer {await self._tokens.bearer()}",
                "content-type": "application/json; charset=utf-8",
            }
        except NoToken as error:
            return Answered(0, f"no-token {error}", sent=False)
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        try:
            reply = await self._outward.ask(
                method, self._root + path, headers, content, timeout_s=CALL_TIMEOUT_S
            )
        except NoAnswer as error:
            return Answered(0, f"no-answer {error}", sent=str(error) not in _NEVER_LEFT)
        except AnswerTooLarge:
            return Answered(0, "answer-too-large")
        if reply.status == 401:
            self._tokens.forget()
        reason = "" if 200 <= reply.status < 300 else _reason(reply.body)
        return Answered(reply.status, reason, _wait_s(reply.headers.get("retry-after")))


def _reason(body: bytes) -> str:
    """Google's word for what went wrong; its sentences may hold what was sent, they are not read."""
    try:
        error = json.loads(body)["error"]
        words = [str(row.get("reason", "")) for row in error.get("errors", ())] + [
            str(error.get("status", ""))
        ]
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""
    return next((word for word in words if _REASON.fullmatch(word)), "")


def _wait_s(retry_after: str | None) -> float:
    """Seconds, as far as they are given as such."""
    if retry_after is None or not retry_after.isascii() or not retry_after.isdigit():
        return 0.0
    return min(float(retry_after), LONGEST_PAUSE_S)
