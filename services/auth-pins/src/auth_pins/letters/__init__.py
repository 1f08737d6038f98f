"""The letters that auth-pins writes, in the languages of those who get them; the words stand beside it."""

from __future__ import annotations

from importlib.resources import files
from uuid import UUID

from contracts.words import Catalogue
from kit.mail import Letter

#: A section for each letter, with its `subject` and `body`.
WORDS = Catalogue(files("auth_pins") / "letters")


def password_reset(user_id: UUID, to: str, locale: str, link: str) -> Letter:
    """The letter with the link to choose a new password by."""
    subject, body = WORDS.say(locale, "reset", "subject"), WORDS.say(locale, "reset", "body", {"link": link})
    assert subject is not None, "a test compares the languages"
    assert body is not None
    return Letter(to, subject, body, about=user_id)
