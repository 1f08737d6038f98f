"""The words of letters are there in every language: none missing, none left over, the same values in each."""

from __future__ import annotations

from typing import Any

import pytest

from auth_pins import letters
from contracts.words import LANGUAGES, placeholders
from kit.ids import uuid7


class Noting:
    """The catalogue, and what was asked of it."""

    def __init__(self) -> None:
        self.asked: dict[tuple[str, str], list[str]] = {}

    def say(self, language: str, section: str, key: str, values: Any = None) -> str | None:
        self.asked[section, key] = sorted(values or ())
        return letters.WORDS_KEPT.say(language, section, key, values)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_of_a_letter_is_there_and_used_with_the_same_values(language, monkeypatch):
    noting = Noting()
    monkeypatch.setattr(letters, "WORDS_KEPT", letters.WORDS, raising=False)
    monkeypatch.setattr(letters, "WORDS", noting)

    letters.password_reset(uuid7(), "anna@example.com", language, "https://x.example/r")

    sections = letters.WORDS_KEPT.languages[language]
    there = {
        (section, key): sorted(placeholders(words))
        for section, messages in sections.items()
        for key, words in messages.items()
        if isinstance(words, str)
    }
    assert there == noting.asked
    assert all("\n" not in words for (_, key), words in _texts(sections) if key == "subject")


def _texts(sections: Any) -> list[Any]:
    return [((section, key), words) for section, found in sections.items() for key, words in found.items()]


def test_a_letter_is_written_in_the_language_of_its_reader():
    subjects = {letters.password_reset(uuid7(), "a@b.lu", language, "x").subject for language in LANGUAGES}

    assert len(subjects) == len(LANGUAGES)
