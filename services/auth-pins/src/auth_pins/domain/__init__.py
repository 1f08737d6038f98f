"""The rules: what a PIN, code and password may be, when attempts lock, how keys rotate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Literal, NamedTuple

from auth_pins.domain.common_passwords import COMMON_PASSWORDS, COMMON_WORDS

TERMINAL_TRIES = 10
TERMINAL_WINDOW = timedelta(minutes=15)
OLD_KEY_LIVES = timedelta(days=7)
KEYS_LIVE = 2
ACCESS_LIVES = timedelta(minutes=15)
STAFF_SESSION_LIVES = timedelta(minutes=15)
#: Clocks of verifiers may differ by so much; an ended session is told until then.
LEEWAY = timedelta(seconds=10)
#: Sign-ins of one user that live at once; the oldest ends when there is another.
SESSIONS_LIVE = 100
#: How long a link to reset a password works, and how many a user is sent in that time.
RESET_LIVES, RESET_LETTERS = timedelta(hours=1), 3
PASSWORD_SHORTEST, PASSWORD_LONGEST = 12, 128
PIN_SHORTEST, PIN_LONGEST = 4, 8

# -- attempts


class Limits(NamedTuple):
    """A merchant's settings for wrong PINs."""

    attempts: int = 5
    lockout: timedelta = timedelta(minutes=30)


@dataclass(frozen=True)
class Locked:
    """No PIN is looked at: whose entry is locked, and until when."""

    who: Literal["terminal", "staff"]
    until: datetime


@dataclass(frozen=True)
class Attempts:
    """The attempts of one merchant and code, known or not, since the last right PIN.

    An attempt is counted before its PIN is looked at. The one that reaches the limit locks at once, so that
    no other slips in behind it; the lock is `sure` when its PIN was looked at and was wrong.
    """

    counted: int = 0
    locked_until: datetime | None = None
    sure: bool = False


def count_attempt(attempts: Attempts, limits: Limits, now: datetime) -> Attempts | Locked:
    """The attempts with one more, or Locked."""
    if attempts.locked_until is not None:
        if attempts.locked_until > now:
            return Locked("staff", attempts.locked_until)
        attempts = Attempts()
    counted = attempts.counted + 1
    return Attempts(counted, now + limits.lockout if counted >= limits.attempts else None)


def right_pin(attempts: Attempts, now: datetime) -> Attempts | Locked:
    """A right PIN is accepted and resets, unless another attempt has locked by now."""
    if attempts.sure and attempts.locked_until is not None and attempts.locked_until > now:
        return Locked("staff", attempts.locked_until)
    return Attempts()


def wrong_pin(attempts: Attempts, own_lock: datetime | None) -> Attempts:
    """A wrong PIN makes the lock sure that its attempt began (`own_lock`), when it still stands."""
    if own_lock is not None and attempts.locked_until == own_lock:
        return replace(attempts, sure=True)
    return attempts


@dataclass(frozen=True)
class Entry:
    """A terminal's PIN entry: its lock, and the tries of 15 minutes that were wrong or are looked at."""

    tries: int = 0
    locked_until: datetime | None = None


def may_try(entry: Entry, limits: Limits, now: datetime) -> Locked | None:
    """Locked while the terminal is, and while so many tries are being looked at that they could lock it."""
    if entry.locked_until is not None and entry.locked_until > now:
        return Locked("terminal", entry.locked_until)
    if entry.tries >= TERMINAL_TRIES:
        return Locked("terminal", now + limits.lockout)
    return None


def after_wrong_try(wrong_tries: int, limits: Limits, now: datetime) -> Locked | None:
    """Locked for the try that is the tenth wrong one in 15 minutes."""
    return Locked("terminal", now + limits.lockout) if wrong_tries >= TERMINAL_TRIES else None


# -- PINs, codes, passwords, e-mail


def weakness_of_pin(pin: str) -> str | None:
    """A stable code for what is wrong with a new PIN; None for a good one."""
    if not (pin.isascii() and pin.isdigit()):
        return "bad-format"
    if len(pin) < PIN_SHORTEST:
        return "too-short"
    if len(pin) > PIN_LONGEST:
        return "too-long"
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return "too-common" if steps in ({0}, {1}, {9}) else None


def is_staff_code(code: str) -> bool:
    """2 to 8 letters or digits."""
    return re.fullmatch(r"[A-Za-z0-9]{2,8}", code) is not None


def code_key(code: str) -> str:
    """A staff code as it is compared: without case."""
    return code.upper()


def weakness_of_password(password: str) -> str | None:
    """A stable code for what is wrong with a new password; None for a good one."""
    if len(password) < PASSWORD_SHORTEST:
        return "too-short"
    if len(password) > PASSWORD_LONGEST:
        return "too-long"
    if any(unicodedata.category(sign) in ("Cc", "Cs") for sign in password):
        return "bad-format"
    return "too-common" if _is_common(password.casefold()) else None


_LOOK_ALIKES = str.maketrans("@4301!$57", "aaeoiisst")


def _is_common(password: str) -> bool:
    """In the list, fewer than five signs, a short piece repeated, or a common word with digits around it."""
    if password in COMMON_PASSWORDS or len(set(password)) < 5:
        return True
    if any(password == (password[:n] * len(password))[: len(password)] for n in range(1, 7)):
        return True
    words = {re.sub(r"[^a-z]", "", form) for form in (password, _core(password).translate(_LOOK_ALIKES))}
    return any(word in COMMON_WORDS or _half_of(word) in COMMON_WORDS for word in words)


def _core(password: str) -> str:
    """Without the digits and marks at its ends."""
    return re.sub(r"^[^a-z@$]+|[^a-z]+$", "", password)


def _half_of(word: str) -> str:
    """What stands there twice; the word itself when nothing does."""
    half = word[: len(word) // 2]
    return half if half * 2 == word else word


def email_key(email: str) -> str:
    """An e-mail address as it is compared: case-folded, in NFC."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", email).casefold())


def is_email(email: str) -> bool:
    """Whether this can be an e-mail address of at most 254 characters."""
    return len(email) <= 254 and re.fullmatch(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+", email) is not None


# -- API keys


class LiveKey(NamedTuple):
    """One API key of a terminal, by the hash of its secret part."""

    sha256: str
    created_at: datetime
    ends_at: datetime | None


def rotated(keys: Sequence[LiveKey], new_sha256: str, now: datetime) -> tuple[LiveKey, ...]:
    """The live keys after a rotation: the newest one stays for up to 7 days, older ones end."""
    live = sorted(
        (key for key in keys if key.ends_at is None or key.ends_at > now), key=lambda k: k.created_at
    )
    old = live[-(KEYS_LIVE - 1) :]
    kept = [k._replace(ends_at=min(k.ends_at or now + OLD_KEY_LIVES, now + OLD_KEY_LIVES)) for k in old]
    return (*kept, LiveKey(new_sha256, now, None))


# -- signing keys


class SigningKey(NamedTuple):
    """One public key; `ends_at` is set on the one before."""

    kid: str
    x: str
    added_at: datetime
    ends_at: datetime | None


#: Longer than any token lives.
OLD_SIGNING_KEY_LIVES = timedelta(hours=1)


def with_signing_key(keys: Sequence[SigningKey], kid: str, x: str, now: datetime) -> tuple[SigningKey, ...]:
    """The set once this key signs: the one before stays for an hour, older and ended ones are gone."""
    others = sorted((key for key in keys if key.kid != kid), key=lambda key: key.added_at)
    mine = next(
        (key for key in keys if key.kid == kid and key.ends_at is None), SigningKey(kid, x, now, None)
    )
    before = [key._replace(ends_at=key.ends_at or now + OLD_SIGNING_KEY_LIVES) for key in others[-1:]]
    return (*(key for key in before if key.ends_at and key.ends_at > now), mine)
