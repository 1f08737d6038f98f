"""The command line says no in one sentence, with an exit code that means something."""

import json
import os
import re
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import metadata
from pathlib import Path

import pytest
import typer

from punchcard import main
from punchcard.ports import free_port

ROOT = Path(__file__).parents[2]


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


def test_a_measurement_that_is_not_there_is_wrong_usage_and_names_those_that_are(run):
    code, out, err = run("bench", "--only", "freshness,serach")
    assert code == 2
    assert out == "", "nothing was started"
    assert "'serach'" in err
    assert "search" in err


def test_an_owners_url_needs_the_service_it_belongs_to(run, monkeypatch):
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://nobody@127.0.0.1:1/none")
    code, _, err = run("migrate")
    assert code == 2
    assert "name that service" in err


def test_settings_that_are_missing_are_named(run, monkeypatch):
    for name in list(os.environ):
        if name.endswith(("_URL", "_FILE")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("TRUSTED_KEYS_FILE", "trusted-keys.json")

    code, out, err = run("config", "check", "ledger")

    assert code == 1
    assert out.count("DATABASE_URL") == 1
    assert out.count("SIGNING_KEY_FILE") == 1
    assert err == "", "told once"


def test_without_settings_in_the_environment_those_are_looked_at_that_up_gives(run, monkeypatch):
    code, out, err = run("config", "check", "auth-pins")
    assert (code, err) == (0, "")
    assert "as `make up` gives them" in out

    monkeypatch.setenv("PIN_HASH_COST", "99")
    code, out, _ = run("config", "check", "auth-pins")
    assert code == 1
    assert out.count("PIN_HASH_COST") == 1


def test_a_setting_that_a_service_would_refuse_ends_up_before_anything_is_made(run, monkeypatch, tmp_path):
    monkeypatch.setenv("PIN_HASH_COST", "99")

    code, out, err = run("up", "--port", str(free_port()))

    assert code == 3
    assert out == ""
    assert "PIN_HASH_COST" in err
    assert not (tmp_path / "home").exists()


def test_the_machine_is_looked_at_for_all_that_a_start_needs(run):
    code, out, _ = run("config", "check", "--port", str(free_port()))

    assert code in (0, 3)
    for what in ("memory", "disk", "port", "state directory", "PostgreSQL", "Java", "Kafka's jars"):
        assert what in out


def test_a_broker_that_does_not_answer_is_one_sentence(run):
    code, out, err = run("topics", "--bootstrap", "127.0.0.1:9")

    assert (code, out) == (3, "")
    assert err.count("\n") == 1
    assert "No Kafka answers at 127.0.0.1:9" in err


def test_the_version_is_that_of_the_distribution(run):
    assert run("--version") == (0, f"punchcard {metadata.version('punchcard')}\n", "")


def test_down_where_nothing_runs_says_so_and_makes_nothing(run, tmp_path):
    code, out, _ = run("down")

    assert code == 0
    assert "No platform runs in" in out
    assert not (tmp_path / "home").exists()


def commands_of(group, before=""):
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands_of(command, f"{before}{name} ")
        else:
            yield f"{before}{name}"


def test_the_readmes_tell_every_command_and_every_target():
    targets = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    commands = list(commands_of(typer.main.get_command(main.app)))
    told = (ROOT / "README.md").read_text()
    told_by_deploy = (ROOT / "deploy" / "README.md").read_text()

    assert [name for name in targets if name != "help" and f"`make {name}`" not in told] == []
    for name in commands:
        first, _, second = name.partition(" ")
        for text in (told, told_by_deploy):
            rows = [row for row in text.splitlines() if row.startswith("|") and f"`punchcard {first}" in row]
            assert any(second in row for row in rows), f"punchcard {name} is not told"


@pytest.mark.slow
def test_a_taken_port_is_one_sentence_and_what_to_do(run, tmp_path):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        code, out, err = run("up", "--port", str(taken.getsockname()[1]))

    assert (code, out) == (3, "")
    assert "taken by another program" in err
    assert "make up ARGS='--port 8080'" in err
    assert "PUNCHCARD_PORT" in err
    assert not (tmp_path / "home").exists(), "a directory that was refused is not left behind"


@pytest.mark.slow
def test_a_port_that_another_punchcard_has_is_told_with_its_process(run):
    class Front(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"name":"Punchcard"}')

        def log_message(self, *_):
            return

    with HTTPServer(("127.0.0.1", 0), Front) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        code, _, err = run("up", "--port", str(server.server_port))
        server.shutdown()

    assert code == 3
    assert "taken by another Punchcard" in err
    assert sys.platform != "linux" or f"process {os.getpid()}" in err


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
