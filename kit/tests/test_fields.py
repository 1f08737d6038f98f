"""Fields of request bodies: strict numbers, clean text, nothing unknown."""

from __future__ import annotations

import unicodedata
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kit.errors import refusal_of
from kit.fields import Body, Flag, Line, Paragraph, Whole


class Parcel(Body):
    label: Annotated[str, Line(1, 5)] = "x"
    note: Annotated[str, Paragraph(0, 10)] = ""
    weight_grams: Whole = 1
    fragile: Flag = False


def code_of(**members: Any) -> tuple[str, str]:
    with pytest.raises(ValidationError) as raised:
        Parcel.model_validate(members)
    (error,) = refusal_of(raised.value.errors()).members["errors"]
    return error["field"], error["code"]


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"weight_grams": 1.0}, "wrong-type"),
        ({"weight_grams": "1"}, "wrong-type"),
        ({"weight_grams": True}, "wrong-type"),
        ({"weight_grams": None}, "wrong-type"),
        ({"fragile": 1}, "wrong-type"),
        ({"fragile": "yes"}, "wrong-type"),
        ({"label": 5}, "wrong-type"),
        ({"label": ""}, "too-short"),
        ({"label": "   "}, "too-short"),
        ({"label": "abcdef"}, "too-long"),
        ({"label": "a\x00b"}, "bad-format"),
        ({"label": "a\nb"}, "bad-format"),
        ({"label": "a\x7fb"}, "bad-format"),
        ({"label": "\ud800"}, "bad-format"),
        ({"note": "a\tb"}, "bad-format"),
        ({"colour": "red"}, "unknown-field"),
    ],
)
def test_what_is_wrong_has_a_stable_code(members: dict[str, Any], code: str):
    assert code_of(**members) == (next(iter(members)), code)


def test_text_is_kept_composed_and_trimmed():
    assert Parcel(label="  e\u0301  ").label == "é"


def test_length_is_counted_after_composing():
    assert Parcel(label="e\u0301" * 5).label == "é" * 5


def test_a_paragraph_has_line_feeds_of_one_kind():
    assert Parcel(note="one\r\ntwo\n").note == "one\ntwo"


def test_the_schema_tells_the_lengths():
    assert Parcel.model_json_schema()["properties"]["label"] == {
        "default": "x",
        "maxLength": 5,
        "minLength": 1,
        "title": "Label",
        "type": "string",
    }


@given(st.text(st.characters(exclude_categories=("Cc", "Cs")), max_size=12))
def test_text_that_is_taken_is_taken_again_as_it_is(text: str):
    line = Line(0, 30)

    kept = line.clean(text)

    assert line.clean(kept) == kept == unicodedata.normalize("NFC", text).strip()
