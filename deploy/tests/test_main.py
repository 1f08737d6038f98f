"""The command line says no in one sentence, with an exit code that means something."""

import json
import os
import sys

import pytest

from punchcard import main


@pytest.fixture
def run(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("PUNCHCARD_HOME", str(tmp_path / "home"))
    for name in ("DATABASE_URL", "LEDGER_DATABASE_URL", "DATABASE_OWNER_URL", "KAFKA_BOOTSTRAP"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["punchcard", *arguments])
        code = main.main()
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


@pytest.mark.parametrize(
    "command", [["verify"], ["demo"], ["seed"], ["topics"], ["migrate"], ["parked", "list"]]
)
def test_without_a_platform_each_command_says_how_to_make_one(run, command):
    code, out, err = run(*command)

    assert code == 3
    assert out == ""
    assert len(err.strip().splitlines()) == 1
    assert "make up" in err


def test_a_command_that_is_not_there_is_wrong_usage(run):
    code, _, err = run("veryfi")
    assert code == 2
    assert "verify" in err


def test_a_service_that_is_not_there_is_wrong_usage_and_names_those_that_are(run):
    code, _, err = run("migrate", "ledgr")
    assert code == 2
    assert "auth-pins" in err


def test_an_owners_url_needs_the_service_it_belongs_to(run, monkeypatch):
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://nobody@127.0.0.1:1/none")
    code, _, err = run("migrate")
    assert code == 2
    assert "name that service" in err


def test_settings_that_are_missing_are_named(run, monkeypatch):
    for name in list(os.environ):
        if name.endswith(("_URL", "_FILE")):
            monkeypatch.delenv(name)

    code, out, _ = run("config", "check", "ledger")

    assert code == 1
    assert "DATABASE_URL" in out
    assert "SIGNING_KEY_FILE" in out


def test_a_taken_port_is_one_sentence_and_what_to_do(run):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, _, err = run("up", "--port", str(taken.getsockname()[1]))

    assert code == 3
    assert "taken by another program" in err
    assert "PUNCHCARD_PORT" in err


def test_the_demo_is_shown_as_it_was_written(run, tmp_path):
    card = {"id": "c", "card_number": "1", "qr": "q", "link_token": "t"}
    merchant = {"name": "M", "slug": "m", "owner": {"email": "o", "password": "p"}, "stores": [], "staff": []}
    document = {
        "gateway": "http://localhost:8000",
        "admin": {"email": "a@example.com", "password": "secret"},
        "merchants": [merchant | {"id": "1", "cards": [card]}],
    }
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "demo.json").write_text(json.dumps(document))

    code, out, _ = run("demo", "--json")
    assert code == 0
    assert json.loads(out) == document

    code, out, _ = run("demo")
    assert code == 0
    assert "a@example.com" in out
