"""JSON as it comes in: numbers out of all bounds, and what is not JSON."""

from __future__ import annotations

import json

import pytest

from contracts.problem import MalformedRequest
from kit.bodies import BEYOND, read_json, readable

LONG = b"1" * 5000


@pytest.mark.parametrize(
    ("number", "value"),
    [
        (b"12", 12),
        (b"-1.5", -1.5),
        (b"1" * 31, int("1" * 31)),
        (LONG, BEYOND),
        (b"-" + LONG, -BEYOND),
        (b"1e999", BEYOND),
        (b"-1e999", -BEYOND),
    ],
)
def test_a_number_is_a_number_however_large(number: bytes, value: float):
    assert read_json(b'{"a": [%s], "b": "x"}' % number) == {"a": [value], "b": "x"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"{} {}", b"[NaN]", b"[Infinity, %s]" % LONG, b"\xff", b"[" * 20_000, b"[%s,]" % LONG]
)
def test_what_is_not_json_is_malformed(body: bytes):
    with pytest.raises(MalformedRequest):
        read_json(body)


def test_a_body_is_left_as_it_is_unless_nobody_could_read_it():
    texts = [b"{}", b"{" + b" " * 5000 + b"}", b"{" * 5000, b'["%s"]' % LONG]

    assert [readable(text) for text in texts] == texts
    assert json.loads(readable(b'{"a": %s, "b": "x"}' % LONG)) == {"a": BEYOND, "b": "x"}
