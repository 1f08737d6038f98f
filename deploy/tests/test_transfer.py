"""Files of rows: each with its line, as JSON would have it, and written so that they can be read again."""

from __future__ import annotations

import io

import pytest

from punchcard.problems import WrongUsage
from punchcard.transfer.files import Format, Kind, Writer, read


def rows(text, kind=Kind.history, form=Format.csv):
    return [(row.line, row.values, row.unreadable) for row in read(io.StringIO(text, newline=""), kind, form)]


def test_a_csv_row_knows_its_line_and_leaves_out_what_is_empty():
    text = 'card,stamps,order_reference\n1,2,\n\n"a\nb",x,O-1\n3\n'

    assert rows(text) == [
        (2, {"card": "1", "stamps": 2}, None),
        (4, {"card": "a\nb", "stamps": "x", "order_reference": "O-1"}, None),
        (6, {"card": "3"}, None),
    ]


def test_what_cannot_be_read_is_a_row_with_words():
    assert rows("card\n1,2\n")[0][2] == "has more cells than the header"
    assert [row[2] for row in rows('{\n\n[1]\n{"card": "1"}\n', form=Format.jsonl)] == [
        "is not JSON", "is not a JSON object", None
    ]  # fmt: skip


def test_a_column_that_nobody_knows_ends_it_at_once():
    with pytest.raises(WrongUsage, match="colour"):
        rows("card,colour\n")


@pytest.mark.parametrize("form", list(Format))
def test_what_is_written_is_read_again(form):
    file = io.StringIO(newline="")
    given = {
        "phone": "+352621123456",
        "first_name": '=Ana, "A"',
        "last_name": "'t",
        "marketing_consent": False,
    }

    Writer(file, Kind.customers, form).write(given | {"email": None})

    assert rows(file.getvalue(), Kind.customers, form)[0][1] == given
