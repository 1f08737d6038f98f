"""A service as a process: two ways in, and a clean leave when it is told to end."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from contracts.problem import UpstreamUnavailable
from kit.http import Peer, Upstream
from kit.testing import Keys


async def test_a_service_answers_at_its_port_and_at_its_socket(running: Any, keys: Keys):
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


async def test_sigterm_lets_a_running_request_finish_and_ends_with_code_0(running: Any):
    async with httpx.AsyncClient(base_url=running.url) as http:
        asked = asyncio.create_task(http.get("/slow"))
        await running.until_logged("slow began")

        running.process.send_signal(signal.SIGTERM)
        answer = await asked

    assert (answer.status_code, answer.json()) == (200, {"slow": "done"})
    assert await running.end() == 0
    assert "Traceback" not in running.log


async def test_its_last_lines_are_written_before_it_leaves(running: Any):
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


async def test_an_upstream_that_takes_too_long_is_not_waited_for(running: Any, keys: Keys):
    upstream = Upstream("toy", running.url, timeout_ms=100)

    with pytest.raises(UpstreamUnavailable, match="in time"):
        await Peer(upstream, keys.signer("ledger")).get("/slow")
    await upstream.close()
