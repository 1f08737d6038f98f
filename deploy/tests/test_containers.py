"""Containers are used only when they are asked for and an engine answers."""

import socket
import tempfile
import threading
from pathlib import Path

import pytest

from punchcard import containers
from punchcard.problems import MachineCannot


@pytest.fixture
def engine(monkeypatch):
    """A socket that answers one request as a Docker engine does."""
    with tempfile.TemporaryDirectory(prefix="pc-") as folder, socket.socket(socket.AF_UNIX) as listening:
        path = Path(folder) / "engine.sock"
        listening.bind(str(path))
        listening.listen()
        asked = []

        def answer() -> None:
            connection, _ = listening.accept()
            asked.append(connection.recv(1000).split(b"\r\n")[0])
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK")
            connection.close()

        threading.Thread(target=answer, daemon=True).start()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{path}")
        yield asked


def test_an_engine_is_asked_by_a_ping(engine):
    assert containers.engine_answers()
    assert engine == [b"GET /_ping HTTP/1.1"]


def test_a_socket_that_is_not_there_is_no_engine(monkeypatch, tmp_path):
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    assert not containers.engine_answers()


def test_without_being_asked_for_nobody_looks_for_an_engine(monkeypatch):
    monkeypatch.delenv("PUNCHCARD_STACK", raising=False)
    monkeypatch.setattr(containers, "engine_answers", lambda: pytest.fail("it was asked"))
    assert not containers.wanted()


def test_asked_for_without_an_engine_is_one_clear_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("PUNCHCARD_STACK", "containers")
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    with pytest.raises(MachineCannot, match="needs a Docker engine"):
        containers.wanted()
