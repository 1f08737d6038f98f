"""A service as a process: two ways in, and a clean leave when it is told to end."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from contracts.problem import UpstreamUnavailable
from kit.http import Peer, Upstream
from kit.testing import Keys


class Process:
    """The toy service, running."""

    def __init__(self, keys: Keys, database_url: str, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.socket = folder / "toy.sock"
        self.url = f"http://127.0.0.1:{port}"
        env = {
            **os.environ,
            "DATABASE_URL": database_url,
            "SIGNING_KEY_FILE": str(keys.file("cards")),
            "TRUSTED_KEYS_FILE": str(keys.trusted_file),
            "KAFKA_BOOTSTRAP": "127.0.0.1:1",
            "HTTP_PORT": str(port),
            "HTTP_SOCKET": str(self.socket),
        }
        command = [sys.executable, str(Path(__file__).parent / "toy.py")]
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(command, env=env, stdout=log, stderr=subprocess.STDOUT)

    @property
    def log(self) -> str:
        return self._log.read_text()

    async def until_live(self) -> None:
        async with httpx.AsyncClient(base_url=self.url) as http:
            for _ in range(600):
                try:
                    await http.get("/health/live")
                except httpx.TransportError:
                    assert self.process.poll() is None, self.log
                    await asyncio.sleep(0.05)
                else:
                    return
        pytest.fail(f"not live in 30 s: {self.log}")

    async def until_logged(self, words: str) -> None:
        for _ in range(200):
            if words in self.log:
                return
            await asyncio.sleep(0.05)
        pytest.fail(f"{words!r} was not logged in 10 s")

    async def end(self) -> int:
        return await asyncio.to_thread(self.process.wait, 20)


@pytest.fixture
def short_folder() -> Iterator[Path]:
    """A unix socket's path has at most 107 bytes; pytest's folders are longer."""
    folder = Path(tempfile.mkdtemp(prefix="kit-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
async def running(keys: Keys, plain_database: str, short_folder: Path) -> AsyncIterator[Process]:
    made = Process(keys, plain_database, short_folder)
    await made.until_live()
    yield made
    if made.process.poll() is None:
        made.process.kill()
        made.process.wait()


async def test_a_service_answers_at_its_port_and_at_its_socket(running: Process, keys: Keys):
    upstream = Upstream("toy", f"unix:{running.socket}")
    async with httpx.AsyncClient(base_url=running.url) as http:
        by_port = await http.get("/health/ready")
    by_socket = await Peer(upstream, keys.signer("ledger")).get("/health/ready")
    nothing = await Peer(upstream, keys.signer("ledger")).get("/nothing")
    with pytest.raises(UpstreamUnavailable):
        await Peer(upstream, keys.signer("ledger")).get("/broken")
    await upstream.close()

    assert (by_port.status_code, by_port.json()) == (200, by_socket)
    assert nothing is None
    assert "server" not in by_port.headers


async def test_sigterm_lets_a_running_request_finish_and_ends_with_code_0(running: Process):
    async with httpx.AsyncClient(base_url=running.url) as http:
        asked = asyncio.create_task(http.get("/slow"))
        await running.until_logged("slow began")

        running.process.send_signal(signal.SIGTERM)
        answer = await asked

    assert (answer.status_code, answer.json()) == (200, {"slow": "done"})
    assert await running.end() == 0
    assert "Traceback" not in running.log


async def test_its_last_lines_are_written_before_it_leaves(running: Process):
    async with httpx.AsyncClient(base_url=running.url) as http:
        await http.get("/broken", headers={"x-request-id": "the-last-one"})
    running.process.send_signal(signal.SIGINT)
    assert await running.end() == 0

    lines = [json.loads(line) for line in running.log.splitlines()]
    of_request = [line for line in lines if line.get("request_id") == "the-last-one"]
    assert {line["message"] for line in of_request} == {"a request failed", "request"}


async def test_nobody_there_is_told_as_an_upstream_that_does_not_answer(short_folder: Path, keys: Keys):
    upstream = Upstream("toy", f"unix:{short_folder / 'nobody.sock'}", timeout_ms=200)

    with pytest.raises(UpstreamUnavailable):
        await Peer(upstream, keys.signer("ledger")).get("/health/live")
    await upstream.close()


async def test_an_upstream_that_takes_too_long_is_not_waited_for(running: Process, keys: Keys):
    upstream = Upstream("toy", running.url, timeout_ms=100)

    with pytest.raises(UpstreamUnavailable, match="in time"):
        await Peer(upstream, keys.signer("ledger")).get("/slow")
    await upstream.close()
