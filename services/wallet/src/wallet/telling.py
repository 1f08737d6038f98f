"""The rule of what may be told of a provider's answer: status and reason, nothing of a person, no token."""

from __future__ import annotations

import re

from wallet.domain import Delivered, Never, NotNow, Outcome

LONGEST = 120
_ODD = re.compile(r"[^A-Za-z0-9 .,:;()'/_-]+")
#: No status and no reason has a word like that; push tokens, serial numbers and signatures are such words.
_SECRET = re.compile(r"[A-Za-z0-9_-]{30,}|\d{7,}")
#: A hostile platform could name a person by address.
_ADDRESS = re.compile(r"\S*@\S*")


def told(outcome: Outcome) -> tuple[str, str | None]:
    """How the log names this outcome, and what it says of the answer."""
    match outcome:
        case Delivered(answer=answer):
            return "delivered", plain(answer)
        case NotNow(error, answer=answer):
            return "not-now", plain(answer or error)
        case Never(error, answer=answer):
            return "never", plain(answer or error)


def plain(answer: str | None) -> str | None:
    """One short line without words that look like a token or an address."""
    if answer is None:
        return None
    masked = _SECRET.sub("(masked)", _ADDRESS.sub("(masked)", answer[: 10 * LONGEST]))
    return " ".join(_ODD.sub(" ", masked).split())[:LONGEST]
