"""What each problem means and what to do about it, for the pages that a problem's `type` points to."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from contracts.problem import CODES
from contracts.words import LANGUAGES, Catalogue
from gateway.edge.sheet import page

#: The words around, and by code the meaning and what to do.
WORDS = Catalogue(files("gateway.edge") / "locale")


def problem_page(code: str, language: str) -> str:
    """What a problem means and what to do, in this language, with links to the others."""
    kind, title = CODES[code], CODES[code].title_in(language)
    again = _say(language, "page", "again" if kind.retryable else "never")
    return page(
        title,
        f"<h1>{escape(title)}</h1>"
        f"<p><code>{escape(code)}</code> · {_say(language, 'page', 'status')} {kind.status}</p>"
        f"<h2>{_say(language, 'page', 'meaning')}</h2><p>{_say(language, 'meaning', code)}</p>"
        f"<h2>{_say(language, 'page', 'remedy')}</h2><p>{_say(language, 'remedy', code)}</p>"
        f"<p>{again}</p><p>{_others(code, language)}</p>",
        language,
    )


def _say(language: str, section: str, key: str) -> str:
    return escape(WORDS.say(language, section, key) or "")


_NAMES = {"en": "English", "fr": "Français", "de": "Deutsch", "lb": "Lëtzebuergesch"}


def _others(code: str, language: str) -> str:
    return " · ".join(
        f'<a href="/problems/{escape(code)}?lang={other}" lang="{other}">{_NAMES[other]}</a>'
        for other in LANGUAGES
        if other != language
    )
