"""CSV that a spreadsheet opens as what it is."""

from __future__ import annotations

import pytest

from kit.sheet import sheet


@pytest.mark.parametrize(
    "bad", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\tx", "--1", "+-1", "-", "-1e5", "+1.x"]
)
def test_what_begins_like_a_formula_gets_an_apostrophe(bad: str) -> None:
    assert sheet(["a"], [{"a": bad}], header=False).decode() == f"'{bad}\r\n"


def test_a_carriage_return_in_front_is_no_way_around() -> None:
    assert sheet(["a"], [{"a": "\r=1"}], header=False) == b'"\'\r=1"\r\n'


@pytest.mark.parametrize("good", [-5, 1.5, "-5", "+352", "-0.25", "a=b", "Café", ""])
def test_numbers_and_other_words_stay_as_they_are(good: object) -> None:
    assert sheet(["a", "b"], [{"a": good, "b": 1}], header=False).decode() == f"{good},1\r\n"


def test_there_is_a_header_in_utf_8_and_what_is_not_known_is_empty() -> None:
    found = sheet(["name", "value", "on"], [{"name": 'Köppchen, "gro\u00df"', "value": None, "on": True}])
    assert found.decode() == 'name,value,on\r\n"Köppchen, ""groß""",,true\r\n'
