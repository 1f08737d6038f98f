"""What customers read is there in four languages: no key missing, none left over, the same values in each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import cards
from cards.letters import WORDS
from contracts.words import ENGLISH, LANGUAGES, placeholders

CODE = Path(cards.__file__).parent


def used() -> Iterator[str]:
    """The keys that the code says."""
    for path in CODE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                key = node.args[1]
                assert isinstance(key, ast.Constant), f"{path.name}:{node.lineno} says what can't be read"
                yield key.value


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_is_said_has_a_message_and_every_message_a_use(language: str):
    assert WORDS.languages[language].keys() == {"joining"}
    assert WORDS.languages[language]["joining"].keys() == set(used())


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_says_it_with_the_same_values_and_in_words_of_its_own(language: str):
    english = WORDS.languages[ENGLISH]["joining"]

    for key, message in WORDS.languages[language]["joining"].items():
        assert isinstance(message, str)
        assert sorted(placeholders(message)) == sorted(placeholders(str(english[key]))), key
        assert language == ENGLISH or message != english[key], key
        assert "'" not in message, "the apostrophe is ’"
