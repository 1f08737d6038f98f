"""What a connection may do to a served process: bytes as they come, answers as they leave."""

from __future__ import annotations

import contextlib
import json
import socket
import time
from collections.abc import Iterable
from typing import Any

import pytest

#: A whole process starts for them.
pytestmark = pytest.mark.slow

TOO_MUCH = 200 * 1024
GET = b"GET /health/live HTTP/1.1\r\nHost: toy\r\n"
POST = b"POST /hot HTTP/1.1\r\nHost: toy\r\nContent-Type: application/json\r\n"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n\r\n"
LAST = b"Connection: close\r\n\r\n"


class Caller:
    """A connection that says what it likes."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)

    def say(self, data: bytes) -> None:
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.socket.sendall(data)

    def hear(self) -> bytes:
        """Everything until the other side ends."""
        found = b""
        while data := self.socket.recv(65536):
            found += data
        return found


def exchange(process: Any, parts: Iterable[bytes]) -> list[tuple[int, dict[str, str], bytes]]:
    """Status, headers and body of each answer until the connection is closed by the other side."""
    caller = Caller(process.port)
    for part in parts:
        caller.say(part)
    with caller.socket:
        return answers_in(caller.hear())


def answers_in(data: bytes) -> list[tuple[int, dict[str, str], bytes]]:
    found = []
    while data:
        head, _, data = data.partition(b"\r\n\r\n")
        first, *lines = head.decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines)
        length = int(headers["content-length"])
        found.append((int(first.split()[1]), headers, data[:length]))
        data = data[length:]
    return found


def is_problem(answer: tuple[int, dict[str, str], bytes], status: int, code: str) -> bool:
    found, headers, body = answer
    problem = json.loads(body)
    assert headers["content-type"] == "application/problem+json"
    assert headers["connection"] == "close"
    assert problem["request_id"] == headers["x-request-id"]
    return (found, problem["status"], problem["code"]) == (status, status, code)


@pytest.mark.parametrize(
    "begin",
    [
        GET + b"X-Long: ",
        b"GET /" + b"a" * 200,
        b"\r\n" * 2000,
    ],
    ids=["value", "path", "empty lines"],
)
def test_a_head_without_end_is_refused(guarded: Any, begin: bytes):
    filling = begin if begin.isspace() else b"a"

    (answer,) = exchange(guarded, [begin, filling * (TOO_MUCH // len(filling))])

    assert is_problem(answer, 431, "malformed-request")


def test_a_hundred_headers_are_enough(guarded: Any):
    def lines(count: int) -> bytes:
        return b"".join(b"X-%d: y\r\n" % number for number in range(count))

    ((status, *_),) = exchange(guarded, [GET + lines(98) + LAST])
    (answer,) = exchange(guarded, [GET + lines(100) + LAST])

    assert status == 200
    assert is_problem(answer, 431, "malformed-request")


def test_a_head_that_is_long_enough_is_taken(guarded: Any):
    ((status, *_),) = exchange(guarded, [GET, b"X-Long: ", b"a" * 31_000, b"\r\n", LAST])

    assert status == 200


@pytest.mark.parametrize(
    ("begin", "more"),
    [
        (b"2\r\n{}\r\n0\r\n", b"X-Trailer: aaaaaaaaaaaaaaaaaaaaaaaa\r\n"),
        (b"2\r\n{}\r\n0\r\nX-Trailer: ", b"aaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        (b"2;", b"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
        (b"", b"1\r\nx\r\n"),
    ],
    ids=["trailers", "one trailer", "an extension", "small chunks"],
)
def test_what_frames_a_body_has_a_bound(guarded: Any, begin: bytes, more: bytes):
    (answer,) = exchange(guarded, [CHUNKED + begin, more * (TOO_MUCH // len(more))])

    assert is_problem(answer, 431, "malformed-request")


def test_a_trailer_is_no_header(guarded: Any):
    head = b"POST /who HTTP/1.1\r\nHost: toy\r\nX-Who: me\r\nContent-Type: application/json\r\n"

    ((_, _, body),) = exchange(
        guarded,
        [
            head
            + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\nX-Who: evil\r\n\r\n"
        ],
    )

    assert body == b"me {}"


def test_a_chunked_body_that_is_too_large_ends_the_connection(guarded: Any):
    began = time.monotonic()

    (answer,) = exchange(guarded, [CHUNKED + b"FFFFFFF\r\n", b"x" * 2_000_000])

    assert is_problem(answer, 413, "body-too-large")
    assert time.monotonic() - began < 3


def test_a_body_that_says_it_is_too_large_ends_the_connection(guarded: Any):
    (answer,) = exchange(guarded, [POST + b"Content-Length: 70000\r\n\r\n"])

    assert is_problem(answer, 413, "body-too-large")


def test_a_body_of_64_kib_is_taken(guarded: Any):
    content = b"{" + b" " * 65_534 + b"}"

    ((status, _, body),) = exchange(guarded, [POST + b"Content-Length: 65536\r\n" + LAST, content])

    assert (status, body) == (200, content)


def test_requests_that_come_all_at_once_are_answered_one_after_another(guarded: Any):
    requests = [POST + b"Content-Length: %d\r\n\r\n%d" % (len(str(n)), n) for n in range(1500)]

    answers = exchange(guarded, [b"".join(requests) + GET + LAST])

    assert [body for _, _, body in answers[:-1]] == [b"%d" % n for n in range(1500)]
    assert {status for status, *_ in answers} == {200}


def test_one_who_sends_a_lot_does_not_keep_others_waiting(guarded: Any):
    busy = Caller(guarded.port)
    busy.socket.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        busy.socket.send((GET + b"\r\n") * 20_000)

    began = time.monotonic()
    ((status, *_),) = exchange(guarded, [GET + LAST])
    busy.socket.close()

    assert (status, time.monotonic() - began < 1) == (200, True)


@pytest.mark.parametrize("protocol", [b"h2c", b"websocket"])
def test_a_wish_to_upgrade_is_passed_over_and_the_body_stays_a_body(guarded: Any, protocol: bytes):
    hidden = b"GET /broken HTTP/1.1\r\nHost: toy\r\n\r\n"
    upgrade = b"Connection: upgrade\r\nUpgrade: %s\r\nContent-Length: %d\r\n\r\n" % (protocol, len(hidden))

    empty = GET + b"Connection: upgrade\r\nUpgrade: x\r\n\r\n"

    first, second, third = exchange(guarded, [POST + upgrade + hidden[:9], hidden[9:] + empty + GET + LAST])

    assert (first[0], first[2]) == (200, hidden)
    assert (second[0], third[0]) == (200, 200)


@pytest.mark.parametrize(
    "request_",
    [
        b"CONNECT toy:80 HTTP/1.1\r\nHost: toy\r\n\r\n",
        POST
        + b"Connection: upgrade\r\nUpgrade: h2c\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
)
def test_an_upgrade_that_hides_where_the_body_ends_is_refused(guarded: Any, request_: bytes):
    (answer,) = exchange(guarded, [request_])

    assert is_problem(answer, 400, "malformed-request")


@pytest.mark.parametrize("begin", [b"G", GET, POST + b"Content-Length: 5\r\n\r\n{", CHUNKED + b"2\r\n"])
def test_a_request_that_does_not_end_is_answered_in_time(guarded: Any, begin: bytes):
    (answer,) = exchange(guarded, [begin])

    assert is_problem(answer, 408, "malformed-request")


def test_a_request_that_comes_in_drops_has_no_longer_than_another(guarded: Any):
    caller = Caller(guarded.port)
    caller.socket.settimeout(0.1)
    began, found = time.monotonic(), b""
    while not found and time.monotonic() - began < 5:
        caller.say(b"G" if not found else b"")
        with contextlib.suppress(TimeoutError):
            found = caller.socket.recv(65536)

    assert answers_in(found)[0][0] in (400, 408)


def test_a_connection_with_nothing_to_say_is_left_alone(guarded: Any):
    caller = Caller(guarded.port)
    time.sleep(0.6)
    caller.say(GET + b"\r\n")
    first = caller.socket.recv(65536)
    time.sleep(0.6)
    caller.say(GET + LAST)

    assert (first[:12], caller.hear()[:12]) == (b"HTTP/1.1 200", b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "data",
    [
        b"hello\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        GET + b"Content-Length: x\r\n\r\n",
    ],
)
def test_what_is_not_http_is_a_problem_and_no_line_in_the_log(guarded: Any, data: bytes):
    before = guarded.log

    (answer,) = exchange(guarded, [data])

    assert is_problem(answer, 400, "malformed-request")
    assert guarded.log == before


def test_what_is_not_http_waits_for_the_answer_before_it(guarded: Any):
    slow, broken = exchange(guarded, [b"GET /slow HTTP/1.1\r\nHost: toy\r\n\r\nhello\r\n\r\n"])

    assert slow[0] == 200
    assert is_problem(broken, 400, "malformed-request")


def test_the_metrics_count_what_was_not_http(guarded: Any):
    exchange(guarded, [b"hello\r\n\r\n"])

    ((_, _, text),) = exchange(guarded, [b"GET /metrics HTTP/1.1\r\nHost: toy\r\n", LAST])

    assert b'http_broken_requests_total{status="400"}' in text


@pytest.mark.parametrize("hosts", [b"", b"Host: toy\r\nHost: other\r\n", b"Host: toy\r\nhost: toy\r\n"])
def test_one_host_has_to_be_named(guarded: Any, hosts: bytes):
    ((status, _, body),) = exchange(guarded, [b"GET /health/live HTTP/1.1\r\n" + hosts + LAST])

    assert (status, json.loads(body)["code"]) == (400, "malformed-request")


def test_before_http_1_1_no_host_was_needed(guarded: Any):
    ((status, *_),) = exchange(guarded, [b"GET /health/live HTTP/1.0\r\n\r\n"])

    assert status == 200


@pytest.mark.parametrize("number", [b"1" * 31, b"1" * 5000, b"1e999"])
def test_a_number_that_is_too_large_is_its_fields_fault(guarded: Any, number: bytes):
    content = b'{"label": "x", "weight_grams": %s}' % number
    head = POST.replace(b"/hot", b"/parcels/5") + b"Content-Length: %d\r\n" % len(content)

    ((status, _, body),) = exchange(guarded, [head + LAST + content])

    (wrong,) = json.loads(body)["errors"]
    assert (status, wrong["field"]) == (422, "weight_grams")
    assert wrong["code"] in ("too-large", "wrong-type")


@pytest.mark.parametrize("path", [b"/health%2flive", b"/health%2Flive"])
def test_a_hidden_slash_is_no_slash(guarded: Any, path: bytes):
    ((status, *_),) = exchange(guarded, [b"GET %s HTTP/1.1\r\nHost: toy\r\n" % path + LAST])

    assert status == 404


def test_one_who_leaves_before_the_answer_leaves_no_trace_in_the_log(guarded: Any):
    before = len(guarded.log)
    for _ in range(20):
        caller = Caller(guarded.port)
        caller.say((GET + b"\r\n") * 20)
        caller.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        caller.socket.close()
    exchange(guarded, [GET + LAST])

    # Lines of requests are written a moment later: those of others may come now.
    lines = [json.loads(line) for line in guarded.log[before:].splitlines() if line.startswith("{")]
    assert [line for line in lines if line["level"] != "info"] == []
    assert "Traceback" not in guarded.log[before:]
