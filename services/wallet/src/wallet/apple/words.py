"""What people read on a pass: labels, which devices translate, and texts in the customer's language."""

from __future__ import annotations

from importlib import resources
from typing import Any

from contracts.words import ENGLISH, LANGUAGES, Catalogue
from wallet.apple.archive import Part, part

WORDS = Catalogue(resources.files("wallet.apple") / "locale")


def label(key: str) -> str:
    """The label in English, which is its key in `pass.strings`: a device of another language shows it."""
    return _message(ENGLISH, "label", key)


def told(language: str | None, key: str, **values: Any) -> str:
    """A text in this language."""
    return _message(language if language in LANGUAGES else ENGLISH, "text", key, values)


def strings(language: str) -> Part:
    """`pass.strings` of this language: UTF-16 with a byte order mark, as no device takes it wrongly."""
    lines = [
        f"{_quoted(label(key))} = {_quoted(_message(language, 'label', key))};"
        for key in WORDS.languages[language]["label"]
    ]
    return part(f"{language}.lproj/pass.strings", ("\n".join(lines) + "\n").encode("utf-16"))


def _message(language: str | None, section: str, key: str, values: Any = None) -> str:
    message = WORDS.say(language or ENGLISH, section, key, values)
    assert message is not None, f"no words for {key}"
    return message


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


#: The same in every pass.
STRINGS = tuple(strings(language) for language in LANGUAGES)
