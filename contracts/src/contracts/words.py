"""What people read, in four languages: catalogues of messages, read once at the start."""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from typing import Any

#: English is what is written in the code, and what is said where nothing else was asked for.
ENGLISH = "en"
LANGUAGES = (ENGLISH, "fr", "de", "lb")

#: A message, or its forms `one` and `other`: its first number decides between them.
Message = str | Mapping[str, str]


class Said(str):
    """English words that were made from a template: another language starts from that again."""

    template: str
    values: Mapping[str, Any]


def said(template: str, /, **values: Any) -> Said:
    """`said("this merchant counts in {currency}", currency="EUR")`."""
    words = Said(template.format_map(values))
    words.template, words.values = template, values
    return words


def placeholders(template: str) -> list[str]:
    """The names in braces, in their order."""
    return [name for _, name, _, _ in string.Formatter().parse(template) if name]


def is_one(language: str, number: int) -> bool:
    """Whether this language speaks of that many in the singular: in French of none too."""
    return abs(number) < 2 if language == "fr" else abs(number) == 1


class Catalogue:
    """The messages of a folder: `<language>.toml`, each with sections of keys."""

    def __init__(self, folder: Traversable) -> None:
        self.languages: Mapping[str, Mapping[str, Mapping[str, Message]]] = {
            language: tomllib.loads((folder / f"{language}.toml").read_text("utf-8"))
            for language in LANGUAGES
        }

    def say(
        self, language: str, section: str, key: str, values: Mapping[str, Any] | None = None
    ) -> str | None:
        """The message with these values; None where this language has none of its own."""
        message = self.languages[language].get(section, {}).get(key)
        if message is None:
            return None
        values = values or {}
        if not isinstance(message, str):
            number = next((value for value in values.values() if isinstance(value, int)), 0)
            message = message["one" if is_one(language, number) else "other"]
        return message.format_map(values) if values else message

    def translate(
        self, language: str, section: str, template: str, values: Mapping[str, Any] | None = None
    ) -> str | None:
        """The message whose key is its English; None where there is no translation."""
        own = self.say(language, section, template, values)
        if own is not None or language != ENGLISH:
            return own
        return template.format_map(values) if values else template
