"""Requests to the world outside: what comes back, and what never does."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from kit.outward import AnswerTooLarge, NoAnswer, Outward
from punchcard.embedded.wallet_identities import WalletIdentities


class Server:
    """Answers every request with the same bytes, and remembers the heads that came."""

    def __init__(self, answer: bytes) -> None:
        self.answer = answer
        self.heads: list[str] = []
        self.connections = 0

    async def __call__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                self.heads.append(head.decode())
                writer.write(self.answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


@pytest.fixture
async def serve() -> AsyncIterator[Callable[..., Awaitable[int]]]:
    servers = []

    async def start(handler: Any, context: ssl.SSLContext | None = None) -> int:
        server = await asyncio.start_server(handler, "127.0.0.1", 0, ssl=context)
        servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    yield start
    for server in servers:
        server.close()


@pytest.fixture
async def outward() -> AsyncIterator[Outward]:
    outward = Outward(2, answer_limit_bytes=100)
    yield outward
    await outward.close()


def answer(body: bytes, *headers: bytes, status: bytes = b"200 OK") -> bytes:
    lines = [b"HTTP/1.1 " + status, b"content-length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


async def test_an_answer_comes_back_and_its_connection_is_kept(serve: Any, outward: Outward):
    server = Server(answer(b'{"a": 1}', b"x-more: yes"))
    port = await serve(server)

    for _ in range(2):
        reply = await outward.ask("GET", f"http://127.0.0.1:{port}/there?x=1", {"x-mine": "7"})

    assert (reply.status, reply.json(), reply.headers["x-more"]) == (200, {"a": 1}, "yes")
    assert "x-mine: 7" in server.heads[0]
    assert server.connections == 1


async def test_no_redirect_is_followed(serve: Any, outward: Outward):
    port = await serve(Server(answer(b"", b"location: http://127.0.0.1:1/", status=b"302 Found")))

    reply = await outward.ask("GET", f"http://127.0.0.1:{port}/")

    assert reply.status == 302


async def test_an_answer_that_is_too_large_is_not_read_on(serve: Any, outward: Outward):
    port = await serve(Server(answer(b"x" * 101)))

    with pytest.raises(AnswerTooLarge):
        await outward.ask("GET", f"http://127.0.0.1:{port}/")


async def test_what_is_packed_is_not_unpacked(serve: Any, outward: Outward):
    port = await serve(Server(answer(b"??", b"content-encoding: gzip")))

    with pytest.raises(NoAnswer):
        await outward.ask("GET", f"http://127.0.0.1:{port}/")


async def test_a_server_that_stalls_is_not_waited_for(serve: Any):
    outward = Outward(0.2)
    port = await serve(Server(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\n123"))

    with pytest.raises(NoAnswer, match="Time"):
        await outward.ask("GET", f"http://127.0.0.1:{port}/")

    await outward.close()


async def test_a_server_that_is_not_there_is_no_answer_and_no_address_is_told(outward: Outward):
    with pytest.raises(NoAnswer) as told:
        await outward.ask("GET", "http://127.0.0.1:1/secret-path")

    assert "127.0.0.1" not in str(told.value)
    assert "secret" not in str(told.value)


async def test_an_address_may_be_given_and_the_host_is_still_the_one_that_is_asked(
    serve: Any, tmp_path: Path
):
    files = WalletIdentities.ensure(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.push_certificate, files.push_key)
    server = Server(answer(b"good"))
    port = await serve(server, context)
    outward = Outward(2, ca=files.authority.read_text())

    reply = await outward.ask("GET", f"https://localhost:{port}/", address="127.0.0.1")
    with pytest.raises(NoAnswer):
        await outward.ask("GET", f"https://elsewhere.example:{port}/", address="127.0.0.1")

    assert reply.body == b"good"
    assert f"host: localhost:{port}" in server.heads[0].lower()
    await outward.close()


async def test_an_authority_that_is_not_trusted_is_refused(serve: Any, tmp_path: Path, outward: Outward):
    files = WalletIdentities.ensure(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.push_certificate, files.push_key)
    port = await serve(Server(answer(b"good")), context)

    with pytest.raises(NoAnswer):
        await outward.ask("GET", f"https://localhost:{port}/")
