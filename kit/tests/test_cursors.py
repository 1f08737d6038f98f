"""Cursors: what went in comes out, and nothing else is taken."""

from __future__ import annotations

from uuid import UUID

import pytest

from contracts.problem import ValidationFailed
from kit.cursors import bytes_in, cursor_of, id_in, text_of
from kit.ids import uuid7


def test_an_id_comes_back_from_its_cursor():
    last = uuid7()

    assert id_in(cursor_of(last)) == last
    assert cursor_of(UUID(int=2**128 - 1)) == "_____________________w"


def test_the_first_page_has_no_cursor_and_the_last_gives_none():
    assert (cursor_of(None), id_in(None)) == (None, None)


@pytest.mark.parametrize("size", range(1, 32))
def test_bytes_of_any_length_come_back_without_padding(size):
    mark = bytes(range(size))

    assert bytes_in(text_of(mark), size) == mark
    assert "=" not in text_of(mark)


@pytest.mark.parametrize("text", ["", "a", "nonsense", "é" * 22, "_" * 21 + "!", "A" * 24, "AA==" * 4])
def test_what_no_list_gave_is_refused(text):
    with pytest.raises(ValidationFailed) as refused:
        id_in(text, "is not of here")

    error = refused.value.members["errors"][0]
    assert (error["field"], error["code"], error["message"]) == ("cursor", "bad-format", "is not of here")
