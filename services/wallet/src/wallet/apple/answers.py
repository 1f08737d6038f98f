"""What the answers of Apple's push service mean for the device that was to be told."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from wallet.domain import Delivered, Never, NotNow, Outcome

GONE = frozenset({"ExpiredToken", "Unregistered"})
#: However often they are tried, these stay what they are.
NEVER = GONE | {"BadDeviceToken", "DeviceTokenNotForTopic", "Forbidden", "PayloadTooLarge"}
#: Passing in spite of a status that says it is our fault.
PASSING = frozenset({408, 429})
#: Our identity is refused: somebody has to look at it, no push will do better in the next minutes.
FORBIDDEN_PAUSE_S = 60.0
LONGEST_ASKED_PAUSE_S = 900.0
_REASON = re.compile("[A-Za-z]{1,64}")


@dataclass(frozen=True)
class Told:
    """Apple took the push."""


@dataclass(frozen=True)
class Gone:
    """The device is gone; its registration is forgotten if it is older than this."""

    before: datetime
    reason: str


@dataclass(frozen=True)
class Refused:
    """This push will not be taken; `refuses_us`: and so will none be, until somebody looks at it."""

    reason: str
    refuses_us: bool = False


@dataclass(frozen=True)
class Later:
    """It may be taken later, at the earliest after so many seconds."""

    reason: str
    wait_s: float = 0.0
    refuses_us: bool = False
    #: Says nothing of Apple's health.
    of_device: bool = False


Meaning = Told | Gone | Refused | Later


def meaning(status: int, body: bytes, retry_after: str | None, sent_at: datetime) -> Meaning:
    """`sent_at`: what counts where the answer of a device that is gone has no time."""
    if status == 200:
        return Told()
    said = _said(body)
    given = said.get("reason")
    reason = given if isinstance(given, str) and _REASON.fullmatch(given) else f"status-{status}"
    if reason in GONE or status == 410:
        return Gone(_time(said.get("timestamp")) or sent_at, reason)
    if reason in NEVER:
        return Refused(reason, refuses_us=status == 403)
    if status == 403:
        return Later(reason, FORBIDDEN_PAUSE_S, refuses_us=True)
    if 400 <= status < 500 and status not in PASSING:
        return Refused(reason)
    return Later(reason, _seconds(retry_after), of_device=reason == "TooManyRequests")


def outcome(meanings: Sequence[Meaning], told_before: int) -> Outcome:
    """What became of a pass whose devices were answered so; the others had been told of it before."""
    refuses_us = any(isinstance(one, Later | Refused) and one.refuses_us for one in meanings)
    later = [one for one in meanings if isinstance(one, Later)]
    if later:
        first = min(later, key=lambda one: one.of_device)
        wait_s = max(one.wait_s for one in later)
        return NotNow(first.reason, wait_s, of_provider=not first.of_device, refuses_us=refuses_us)
    told = told_before + sum(isinstance(one, Told) for one in meanings)
    refused = [one for one in meanings if isinstance(one, Refused)]
    if refused and not told:
        return Never(refused[0].reason, refuses_us=refuses_us)
    return Delivered(told, unasked=not meanings)


def _said(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _time(milliseconds: object) -> datetime | None:
    if not isinstance(milliseconds, int | float):
        return None
    try:
        return datetime.fromtimestamp(milliseconds / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _seconds(retry_after: str | None) -> float:
    if retry_after is None or not retry_after.isdigit() or len(retry_after) > 9:
        return 0.0
    return min(float(retry_after), LONGEST_ASKED_PAUSE_S)
