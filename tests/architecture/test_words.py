"""What people read is there in four languages: no key missing, none left over, the same values in each."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from contracts.ledger import TransactionType
from contracts.problem import AND_MORE, CODES, WORDS
from contracts.words import ENGLISH, LANGUAGES, Catalogue, Message, placeholders
from gateway.edge.problem_words import WORDS as PAGES
from kit.errors import FIELD_CODES
from wallet.apple.words import WORDS as PASSES

from .sources import nodes, parsed

ROOT = Path(__file__).parents[2]
TRANSLATIONS = [language for language in LANGUAGES if language != ENGLISH]
KINDS = {kind.__name__ for kind in CODES.values()} - {"ValidationFailed"}


def modules() -> Iterator[Path]:
    for folder in ("contracts", "kit", "gateway", "services"):
        yield from (path for path in (ROOT / folder).rglob("src/**/*.py") if ".venv" not in path.parts)


def details_in(path: Path) -> Iterator[tuple[str, str | None]]:
    """Where a refusal is given a detail, and its English; None where that can't be told from the code."""
    tree = parsed(path)
    constants = {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in (node for node in nodes(path) if isinstance(node, ast.Call) and node.args):
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        given = node.args[0]
        if name not in KINDS | {"said"} or isinstance(given, ast.Call):
            continue  # the call inside is `said`, which is looked at by itself
        place = f"{path.relative_to(ROOT)}:{node.lineno}"
        if isinstance(given, ast.Name):
            yield place, constants.get(given.id)
        else:
            yield place, given.value if isinstance(given, ast.Constant) else None


@cache
def details() -> set[str]:
    """The English of every detail."""
    said = {english for path in modules() for _, english in details_in(path) if english is not None}
    return said | {kind.saying for kind in CODES.values() if kind.saying} | {AND_MORE}


def forms(message: Message) -> list[str]:
    return [message] if isinstance(message, str) else list(message.values())


def test_the_english_of_every_detail_can_be_told_from_the_code():
    hidden = [place for path in modules() for place, english in details_in(path) if english is None]

    assert hidden == [], "write a plain text, or said('… {name} …', name=…)"


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_every_title_detail_and_field_has_a_translation_and_every_translation_a_use(language):
    found = WORDS.languages[language]

    assert found.keys() == {"field", "title", "detail"}
    assert found["title"].keys() == CODES.keys()
    assert found["field"].keys() == FIELD_CODES | {"body"}
    assert found["detail"].keys() == details()


def test_english_has_words_for_fields_and_forms_for_what_is_counted():
    found = WORDS.languages[ENGLISH]
    counted = {
        key for key, message in WORDS.languages["fr"]["detail"].items() if not isinstance(message, str)
    }

    assert found["field"].keys() == FIELD_CODES | {"body"}
    assert found["detail"].keys() == counted


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_its_page(language):
    found = PAGES.languages[language]

    assert found.keys() == {"page", "meaning", "remedy"}
    assert found["page"].keys() == {"meaning", "remedy", "status", "again", "never", "index"}
    assert found["meaning"].keys() == found["remedy"].keys() == CODES.keys()


#: Where the code of passes asks for words, by the name of what it calls.
CALLS = {"label": ("label", 0), "told": ("text", 1), "_lines": ("label", 0)}


def words_of_passes() -> dict[str, set[str]]:
    """The keys that the code of passes asks for, by section."""
    used: dict[str, set[str]] = {
        "label": {f"{what}-changed" for what in ("stamps", "points")},
        "text": set(get_args(TransactionType)),
    }
    for path in (ROOT / "services/wallet/src/wallet/apple").rglob("*.py"):
        for node in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            section, place = CALLS.get(getattr(node.func, "id", ""), ("", 0))
            if section and isinstance(node.args[place], ast.Constant):
                used[section].add(node.args[place].value)
    return used


@pytest.mark.parametrize("language", LANGUAGES)
def test_passes_have_words_for_what_they_show_in_every_language_and_no_others(language):
    found = PASSES.languages[language]

    assert {section: set(messages) for section, messages in found.items()} == words_of_passes()
    assert all(words.count("%@") == key.endswith("-changed") for key, words in found["label"].items()), (
        "what changed stands where %@ is"
    )


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_texts_of_passes_fill_in_the_same_values(language):
    for key, message in PASSES.languages[language]["text"].items():
        english = PASSES.languages[ENGLISH]["text"][key]
        assert sorted(placeholders(message)) == sorted(placeholders(english)), key


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("catalogue", [WORDS, PAGES])
def test_all_languages_fill_in_the_same_values(catalogue: Catalogue, language):
    for section, messages in catalogue.languages[language].items():
        for key, message in messages.items():
            expected = sorted(placeholders(key)) if section == "detail" else []
            assert all(sorted(placeholders(form)) == expected for form in forms(message)), key
            assert all(form == form.strip() and form for form in forms(message)), key
            assert isinstance(message, str) or message.keys() == {"one", "other"}, key


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_title_is_of_its_own_in_every_language(language):
    titles = list(WORDS.languages[language]["title"].values())

    assert len(set(titles)) == len(titles)
    assert all(isinstance(title, str) and title[0].isupper() and title[-1] != "." for title in titles)
