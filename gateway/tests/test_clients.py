"""The hop: kept connections, time-outs, answers cut off, and what is asked again and what never."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import uvloop

from contracts.problem import UpstreamUnavailable
from gateway.clients import REPLY_LIMIT_BYTES, Client

OK = b'HTTP/1.1 200 OK\r\ncontent-length: 2\r\nETag: "1"\r\n\r\nok'
LATER = b"<a moment later>"


class Server:
    """A socket that answers as the test says, and remembers every connection and request."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.connections = 0
        self.open = 0
        self.requests: list[bytes] = []
        self.replies: list[bytes | None] = []  # None closes without an answer
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_unix_server(self._serve, self.path)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0] or 0)
                self.requests.append(head + await reader.readexactly(length))
                reply = self.replies.pop(0) if self.replies else OK
                if reply is None:
                    break
                for part in reply.split(LATER):
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.05 if LATER in reply else 0)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        self.open -= 1
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="pc-gw-"))
    found = Server(folder / "s.sock")
    await found.start()
    yield found
    await found.stop()
    shutil.rmtree(folder)


@pytest.fixture
async def client(server: Server) -> AsyncIterator[Client]:
    found = Client("ledger", f"unix:{server.path}", timeout_ms=300, connections=2)
    yield found
    await found.close()


async def test_one_connection_serves_one_request_after_the_other(server, client):
    for _ in range(3):
        reply = await client.ask("GET", "/x", [(b"accept", b"text/plain")])
        assert (reply.status, reply.body, dict(reply.headers)[b"etag"]) == (200, b"ok", b'"1"')

    assert server.connections == 1
    assert server.requests[0] == b"GET /x HTTP/1.1\r\nhost: upstream\r\naccept: text/plain\r\n\r\n"


async def test_a_body_goes_with_its_length_and_a_post_without_one_says_zero(server, client):
    await client.ask("POST", "/x", [], b"{}")
    await client.ask("POST", "/x", [])

    assert server.requests[0].endswith(b"content-length: 2\r\n\r\n{}")
    assert server.requests[1].endswith(b"content-length: 0\r\n\r\n")


async def test_a_value_cannot_begin_another_line(server, client):
    await client.ask("GET", "/x", [(b"x-client-agent", b"a\r\nx-probe: 1\x00")])

    assert b"\r\nx-client-agent: ax-probe: 1\r\n" in server.requests[0]


async def test_chunks_are_put_together(server, client):
    server.replies = [
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"
    ]

    assert (await client.ask("GET", "/x", [])).body == b"abcde"


async def test_no_more_connections_are_opened_than_are_allowed(server, client):
    replies = await asyncio.gather(*(client.ask("GET", f"/{n}", []) for n in range(50)))

    assert len(replies) == 50
    assert server.connections <= 2


async def test_a_connection_that_the_other_side_closed_is_not_used_again(server, client):
    server.replies = [b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"]

    await client.ask("POST", "/x", [])
    await client.ask("POST", "/x", [])

    assert server.connections == 2


@pytest.mark.parametrize(("safe", "asked"), [(True, 2), (False, 1)])
async def test_what_was_cut_off_is_asked_again_only_when_that_is_safe(server, client, safe, asked):
    server.replies = [None, None, OK]

    with pytest.raises(UpstreamUnavailable):
        await client.ask("POST", "/x", [], safe_to_repeat=safe)

    assert len(server.requests) == asked


async def test_a_safe_call_succeeds_the_second_time(server, client):
    server.replies = [None]

    assert (await client.ask("POST", "/x", [], safe_to_repeat=True)).body == b"ok"


async def test_an_answer_that_takes_too_long_is_given_up_and_never_given_to_the_next(server, client):
    server.replies = [b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"]

    with pytest.raises(UpstreamUnavailable, match="in time"):
        await client.ask("GET", "/x", [], safe_to_repeat=True)

    assert (await client.ask("GET", "/y", [])).body == b"ok"
    assert (server.connections, server.open) == (2, 1)
    assert len(server.requests) == 2  # a time-out is not asked again


async def test_a_caller_that_goes_away_takes_its_connection_with_it(server, client):
    server.replies = [b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"]
    asking = asyncio.create_task(client.ask("GET", "/x", []))
    await asyncio.sleep(0.05)
    asking.cancel()

    assert (await client.ask("GET", "/y", [])).body == b"ok"
    assert server.connections == 2


async def test_waiting_for_a_free_connection_ends_too(server, client):
    server.replies = [b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"] * 2
    busy = [asyncio.create_task(client.ask("GET", "/x", [], timeout_s=2)) for _ in range(2)]
    await asyncio.sleep(0.05)

    with pytest.raises(UpstreamUnavailable, match="too much to do"):
        await client.ask("GET", "/y", [])
    for task in busy:
        task.cancel()


@pytest.mark.parametrize("reply", [b"SMTP hello\r\n\r\n", b"HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n"])
async def test_an_answer_that_is_no_http_is_no_answer(server, client, reply):
    server.replies = [reply]

    with pytest.raises(UpstreamUnavailable):
        await client.ask("GET", "/x", [])


async def test_an_answer_without_end_is_cut_off(server, client):
    head = b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % (REPLY_LIMIT_BYTES * 2)
    server.replies = [head + b"x" * (REPLY_LIMIT_BYTES + 1)]

    with pytest.raises(UpstreamUnavailable):
        await client.ask("GET", "/x", [], timeout_s=10)


@pytest.mark.parametrize("when", [b"", LATER])
@pytest.mark.parametrize("body", [b"evil", b"ev", b""])
async def test_an_answer_nobody_asked_for_is_given_to_nobody(server, client, when, body):
    server.replies = [OK + when + b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\n" + body]

    assert (await client.ask("GET", "/x", [])).body == b"ok"
    await asyncio.sleep(0.1)
    assert (await client.ask("GET", "/y", [])).body == b"ok"
    assert server.connections == 2


async def test_nobody_there_is_said_at_once(server, client):
    await server.stop()

    with pytest.raises(UpstreamUnavailable, match="cannot be reached"):
        await client.ask("GET", "/x", [], safe_to_repeat=True)


def test_it_works_on_the_loop_that_serves():
    async def ask() -> bytes:
        folder = Path(tempfile.mkdtemp(prefix="pc-gw-"))
        server, client = Server(folder / "s.sock"), Client("ledger", f"unix:{folder}/s.sock", 300, 2)
        await server.start()
        reply = await client.ask("GET", "/x", [])
        await client.close()
        await server.stop()
        shutil.rmtree(folder)
        return reply.body

    assert uvloop.run(ask()) == b"ok"
