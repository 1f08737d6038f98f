"""What each problem means and what to do about it, for the pages that a problem's `type` points to."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from contracts.problem import CODES
from contracts.words import LANGUAGES, Catalogue
from gateway.edge.sheet import page

FAULT = 500
#: The words around, and by code the meaning and what to do.
WORDS = Catalogue(files("gateway.edge") / "locale")


def problem_page(code: str, language: str) -> str:
    """What a problem means and what to do, in this language, with links to the others."""
    kind, title = CODES[code], CODES[code].title_in(language)
    # What broke on our side may work the next time, whatever was asked.
    again = _say(language, "page", "again" if kind.retryable or kind.status >= FAULT else "never")
    return page(
        title,
        f"<h1>{escape(title)}</h1>"
        f"<p><code>{escape(code)}</code> · {_say(language, 'page', 'status')} {kind.status}</p>"
        f"<h2>{_say(language, 'page', 'meaning')}</h2><p>{_say(language, 'meaning', code)}</p>"
        f"<h2>{_say(language, 'page', 'remedy')}</h2><p>{_say(language, 'remedy', code)}</p>"
        f"<p>{again}</p><p>{_others(code, language)}</p>"
        f'<p><a href="/problems?lang={language}">{_say(language, "page", "index")}</a></p>',
        language,
    )


def problems_page(language: str) -> str:
    """All problems by their code, each with a link to its page."""
    title = WORDS.say(language, "page", "index") or ""
    rows = "".join(
        f'<tr><td><a href="/problems/{escape(code)}?lang={language}"><code>{escape(code)}</code></a></td>'
        f"<td>{kind.status}</td><td>{escape(kind.title_in(language))}</td></tr>"
        for code, kind in sorted(CODES.items(), key=lambda row: (row[1].status, row[0]))
    )
    return page(
        title, f"<h1>{escape(title)}</h1><table>{rows}</table><p>{_others('', language)}</p>", language
    )


def _say(language: str, section: str, key: str) -> str:
    return escape(WORDS.say(language, section, key) or "")


_NAMES = {"en": "English", "fr": "Français", "de": "Deutsch", "lb": "Lëtzebuergesch"}


def _others(code: str, language: str) -> str:
    where = f"/problems/{code}" if code else "/problems"
    return " · ".join(
        f'<a href="{escape(where)}?lang={other}" lang="{other}">{_NAMES[other]}</a>'
        for other in LANGUAGES
        if other != language
    )
