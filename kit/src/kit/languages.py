"""Which of our languages a caller reads best: `Accept-Language` as RFC 9110 and RFC 4647 (look-up) say."""

from __future__ import annotations

import re
from functools import lru_cache

from contracts.words import ENGLISH, LANGUAGES

#: No browser names more; what comes after is not looked at.
RANGES_READ = 20
#: `lu` is a country's code that people write for its language.
_ALIASES = {"lu": "lb"}
_RANGE = re.compile(
    r"([A-Za-z]{1,8}|\*)(?:-[A-Za-z0-9]{1,8})*(?:\s*;\s*[qQ]=(0(?:\.\d{0,3})?|1(?:\.0{0,3})?))?"
)


@lru_cache(maxsize=256)
def language_of(accept_language: str) -> str:
    """One of our languages: the one with the highest q, the first of equals; else English."""
    wanted: dict[str, float] = {}
    for part in accept_language.split(",", RANGES_READ)[:RANGES_READ]:
        match = _RANGE.fullmatch(part.strip())
        if match is None:
            continue
        name = match[1].lower()
        name, q = _ALIASES.get(name, name), float(match[2] or 1)
        # `fr-CH, fr;q=0.5`: the range that is most welcome counts for the language.
        wanted[name] = max(q, wanted.get(name, 0.0))
    known = {name: q for name, q in wanted.items() if name in LANGUAGES and q > 0}
    rest = wanted.get("*", 0.0)
    if rest > max(known.values(), default=0.0) and wanted.get(ENGLISH, 1.0) > 0:
        # Anything is more welcome than what was named: then the one we write best.
        return ENGLISH
    return max(known, key=known.__getitem__, default=ENGLISH)
