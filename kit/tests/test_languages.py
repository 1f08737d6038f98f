"""The language that is answered in: q-values, regions, and wishes that nobody can meet."""

from __future__ import annotations

import pytest

from kit.languages import language_of


@pytest.mark.parametrize(
    ("wished", "language"),
    [
        ("", "en"),
        ("de", "de"),
        ("FR", "fr"),
        ("lb", "lb"),
        ("lu", "lb"),
        ("lb-LU", "lb"),
        ("lu-LU, fr;q=0.9", "lb"),
        ("fr-CH, fr;q=0.9, en;q=0.8, de;q=0.7, *;q=0.5", "fr"),
        ("de-Latn-DE-1996", "de"),
        ("en;q=0.5, de;q=0.7", "de"),
        ("de;q=0.7, fr;q=0.7", "de"),
        ("pt, es;q=0.9", "en"),
        ("pt, fr;q=0.1", "fr"),
        ("*", "en"),
        ("fr;q=0.3, *;q=0.9", "en"),
        ("fr;q=0.9, *;q=0.9", "fr"),
        ("fr;q=0", "en"),
        ("en;q=0, de;q=0.001", "de"),
        ("fr;q=0, de;q=0.5", "de"),
        ("fr ; q=0.5 , de ; Q=0.6", "de"),
        ("fr;q=2, de;q=x, lb;q=0.1", "lb"),
        (",,;q=1,en-,-fr", "en"),
        ("\x00\xff" * 50, "en"),
        (", ".join(["pt"] * 30 + ["fr"]), "en"),
    ],
)
def test_the_most_welcome_language_that_we_have_is_chosen(wished, language):
    assert language_of(wished) == language
