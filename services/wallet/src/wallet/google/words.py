"""What passes in Google Wallet say in our four languages; names that merchants gave stay as they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LANGUAGES = ("en", "fr", "de", "lb")

_WORDS: Mapping[str, tuple[str, str, str, str]] = {
    "card_name": ("Loyalty Card", "Carte de fidélité", "Treuekarte", "Treiekaart"),
    "card_number": ("Card number", "N° de carte", "Kartennummer", "Kaartennummer"),
    "card": ("Card", "Carte", "Karte", "Kaart"),
    "stamps": ("Stamps", "Tampons", "Stempel", "Stempelen"),
    "points": ("Points", "Points", "Punkte", "Punkten"),
    "reward": ("Stamp reward", "Récompense", "Stempelprämie", "Stempelpräis"),
    "tier": ("Tier", "Niveau", "Stufe", "Niveau"),
    "rewards": ("Rewards within reach", "Récompenses à portée", "Erreichbare Prämien", "Accessibel Prämien"),
    "terms": ("Terms", "Conditions", "Bedingungen", "Konditiounen"),
    "privacy": ("Privacy", "Confidentialité", "Datenschutz", "Dateschutz"),
    "logo": ("Logo", "Logo", "Logo", "Logo"),
}


def word(name: str, language: str) -> str:
    """One word in one of our languages; English for any other."""
    return _WORDS[name][LANGUAGES.index(language) if language in LANGUAGES else 0]


def localized(name: str, language: str) -> dict[str, Any]:
    """A LocalizedString: this language as its default, the others beside it."""
    first = language if language in LANGUAGES else LANGUAGES[0]
    return {
        "defaultValue": {"language": first, "value": word(name, first)},
        "translatedValues": [
            {"language": other, "value": word(name, other)} for other in LANGUAGES if other != first
        ],
    }


def as_given(text: str, language: str) -> dict[str, Any]:
    """A LocalizedString of words that a merchant wrote in one language."""
    return {"defaultValue": {"language": language if language in LANGUAGES else LANGUAGES[0], "value": text}}
