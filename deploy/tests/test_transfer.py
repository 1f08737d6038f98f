"""Files of rows: each with its line, as JSON would have it, and written so that they can be read again."""

from __future__ import annotations

import asyncio
import io

import httpx
import pytest

from punchcard.home import Home
from punchcard.problems import MachineCannot, WrongUsage
from punchcard.transfer.admin import Access, Admin, access
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


def in_latin_1(text, kind=Kind.customers, form=Format.csv):
    raw = io.TextIOWrapper(
        io.BytesIO(text.encode("latin-1")), encoding="utf-8-sig", errors="surrogateescape", newline=""
    )
    return [(row.line, row.unreadable) for row in read(raw, kind, form)]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("reference,first_name\na,René\nb,Ana\n", Format.csv),
        ('\n{"first_name": "René"}\n{"first_name": "Ana"}\n', Format.jsonl),
    ],
)
def test_a_row_that_is_not_utf8_is_named_and_the_others_are_read(text, form):
    assert in_latin_1(text, form=form) == [(2, "is not UTF-8: save the file as CSV UTF-8"), (3, None)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("reference;email\na;b\n", "has no comma"),
        ("référence,email\n", "first line is not UTF-8"),
        ("reference,\n", "one without a name"),
    ],
)
def test_a_first_line_that_is_no_header_is_told_in_a_sentence(text, words):
    with pytest.raises(WrongUsage, match=words):
        in_latin_1(text)


def test_where_no_platform_runs_no_password_is_made(tmp_path, monkeypatch):
    for name in ("PUNCHCARD_URL", "PUNCHCARD_ADMIN_EMAIL", "PUNCHCARD_ADMIN_PASSWORD"):
        monkeypatch.delenv(name, raising=False)

    with pytest.raises(MachineCannot, match="No platform runs in"):
        access(Home(tmp_path))

    assert list(tmp_path.iterdir()) == []


def merchants_of(monkeypatch, *sign_ins):
    """What the administrator finds when signing in is answered like this."""
    answers = iter(sign_ins)

    def answer(request):
        if request.url.path.endswith("/auth/token"):
            return next(answers)
        return httpx.Response(200, json={"items": [{"slug": "cafe", "id": "1"}]})

    made = httpx.AsyncClient
    monkeypatch.setattr(
        httpx, "AsyncClient", lambda **given: made(**given, transport=httpx.MockTransport(answer))
    )

    async def look():
        async with Admin(Access("http://gateway", "admin@cafe.example", "secret")) as admin:
            return await admin.merchant("cafe")

    return asyncio.run(look())


def test_a_sign_in_that_comes_too_early_waits_and_says_so(monkeypatch, capsys):
    too_early = httpx.Response(429, headers={"retry-after": "0"}, json={"detail": "Try again in 0 seconds"})

    found = merchants_of(monkeypatch, too_early, httpx.Response(200, json={"access_token": "token"}))

    assert found["id"] == "1"
    assert capsys.readouterr().err == "Too many sign-ins in a minute; trying again in 0 s\n"


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (
            httpx.Response(401, json={"detail": "E-mail or password not right"}),
            "E-mail or password not right",
        ),
        (httpx.Response(502), "status 502"),
        (httpx.Response(404, text="<html>"), "<html>"),
    ],
)
def test_a_refused_sign_in_is_told_in_words(monkeypatch, refusal, words):
    with pytest.raises(MachineCannot, match=f"Signing in as admin@cafe.example was refused: {words}$"):
        merchants_of(monkeypatch, refusal)
