"""The rules of Apple's web service: who may ask, what a tag is, when a pass is the one that a device has."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from typing import NamedTuple
from uuid import UUID

from wallet.domain import Pass

SCHEME = "ApplePass "
#: A change commits at most so long after its time was taken: then nothing more comes within its second.
SETTLES_AFTER = timedelta(seconds=11)
SECOND = timedelta(seconds=1)
LOG_LIMIT_BYTES = 4096
LARGEST_TAG = 2**63 - 1
#: What is compared where there is no such pass: as long as a real one.
_NOBODYS = "0" * 64
#: Devices write their ids, tokens and numbers into what they tell, and anybody may write anything: no token,
#: e-mail address, card or phone number belongs in a log. A date does.
_SECRET = re.compile(
    r"[A-Za-z0-9+=_-]{20,}|[^\s@]{1,64}@[^\s@]{1,255}|(?<!\d)(?!\d{4}-\d\d-\d\d)\+?\d(?:[ -]?\d){6,}"
)


def token_text(held: Pass) -> str:
    """The pass's authentication token, as `authenticationToken` and as devices show it."""
    return held.authentication_token.hex()


def is_owner(held: Pass | None, authorization: str | None) -> bool:
    """Whether this header shows the pass's token. It takes as long for a pass that there is not."""
    given = (authorization or "").removeprefix(SCHEME)
    shown = (authorization or "").startswith(SCHEME)
    wanted = _NOBODYS if held is None else token_text(held)
    same = hmac.compare_digest(given.encode("utf-8", "replace"), wanted.encode())
    return same and shown and held is not None


def serial_of(text: str) -> UUID | None:
    """The serial number as passes write it, in no other spelling; None for anything else."""
    try:
        number = UUID(text)
    except ValueError:
        return None
    return number if str(number) == text else None


def tag_of(text: str | None) -> int:
    """The tag that a device has; 0 where it has none."""
    return min(int(text), LARGEST_TAG) if text else 0


class Freshness(NamedTuple):
    """What is said of a pass: when it last changed, and whether the device has it already."""

    last_modified: datetime
    not_modified: bool


def freshness(changed_at: datetime, now: datetime, since: datetime | None) -> Freshness:
    """`Last-Modified` knows whole seconds, and two changes may come within one.

    While more may come within the second of the last change, one second less is said and the pass is always
    given: the device asks again and gets what came later. `now` is of the clock that gave `changed_at`.
    """
    second = changed_at.astimezone(UTC).replace(microsecond=0)
    if now < second + SETTLES_AFTER:
        return Freshness(second - SECOND, False)
    return Freshness(second, since is not None and since >= second)


def http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)


def date_of(text: str | None) -> datetime | None:
    """The time of an HTTP date; None where it is none, and then nothing depends on it."""
    if not text:
        return None
    try:
        moment = parsedate_to_datetime(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, OverflowError):
        return None


def log_text(lines: Iterable[str]) -> str:
    """What a device tells, for our log: at most 4 KiB, one line, plain ASCII, without its secrets."""
    told: list[str] = []
    room = LOG_LIMIT_BYTES
    for line in lines:
        # What is cut off first cannot cost time; a secret that is cut in two is still long enough.
        plain = json.dumps(_SECRET.sub("***", line[: 2 * LOG_LIMIT_BYTES]))[1:-1]
        told.append(plain[:room])
        room -= len(told[-1]) + 3
        if room <= 0:
            break
    return " | ".join(told)[:LOG_LIMIT_BYTES]
