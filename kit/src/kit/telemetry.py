"""Logs, metrics and the request's ids: one JSON line a request and an event, never a secret or a name."""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, NamedTuple

import msgspec
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

from kit.ids import instant_text, now, random_bytes, uuid7

registry = CollectorRegistry()
ProcessCollector(registry=registry)

requests = Counter(
    "http_requests_total", "Requests answered", ["route", "method", "status"], registry=registry
)
request_seconds = Histogram(
    "http_request_seconds",
    "Time to the answer",
    ["route"],
    registry=registry,
    buckets=(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
broken_requests = Counter(
    "http_broken_requests_total", "Not HTTP, too large a head, or too slow", ["status"], registry=registry
)
outbox_rows = Gauge("outbox_rows", "Events that wait to be relayed", registry=registry)
relayed = Counter("events_relayed_total", "Events that the broker has", ["topic"], registry=registry)
heard = Counter("events_heard_total", "Events taken", ["topic", "outcome"], registry=registry)
parked = Gauge("events_parked", "Events parked, and behind them", registry=registry)
consumer_lag = Gauge("consumer_lag_records", "Records not yet taken", registry=registry)
messages_consumed = Gauge(
    "messages_consumed", "1 while the broker's messages are consumed", registry=registry
)


_answered: dict[tuple[str, str, int], tuple[Counter, Histogram]] = {}


def count_answer(route: str, method: str, status: int, seconds: float) -> None:
    """Count one answer; the metrics' children are kept, finding them costs more than counting."""
    children = _answered.get((route, method, status))
    if children is None:
        children = requests.labels(route, method, status), request_seconds.labels(route)
        _answered[route, method, status] = children
    children[0].inc()
    children[1].observe(seconds)


class Trace(NamedTuple):
    """Who asked: the request's id, its W3C traceparent, and the event that caused it, if any."""

    request_id: str
    traceparent: str
    causation_id: str = ""
    #: As the caller sent it; read only where words are written.
    accept_language: str = ""


_NO_TRACE = Trace("", "")
trace: ContextVar[Trace] = ContextVar("trace", default=_NO_TRACE)

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_TRACEPARENT = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def trace_of(request_id: str | None, traceparent: str | None, accept_language: str = "") -> Trace:
    """The caller's own ids where they are well formed, else new ones."""
    given = request_id if request_id and _REQUEST_ID.fullmatch(request_id) else str(uuid7())
    if traceparent and _TRACEPARENT.fullmatch(traceparent):
        return Trace(given, traceparent, "", accept_language)
    return Trace(given, f"00-{random_bytes(16).hex()}-{random_bytes(8).hex()}-01", "", accept_language)


def metrics_text() -> bytes:
    """All metrics in Prometheus' text format."""
    return generate_latest(registry)


_encoder = msgspec.json.Encoder()


class _JsonLines(logging.Formatter):
    def __init__(self, service: str) -> None:
        super().__init__()
        self.service = service

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "time": instant_text(now()),
            "level": record.levelname.lower(),
            "service": self.service,
            "logger": record.name,
            "message": record.getMessage(),
        }
        current = trace.get()
        if current.request_id:
            line["request_id"] = current.request_id
        fields = getattr(record, "fields", None)
        if isinstance(fields, Mapping):
            line.update(fields)
        if record.exc_info and record.exc_info[1]:
            line["exception"] = _story_of(record.exc_info[1])
        return _encoder.encode(line).decode()


def words_of(error: BaseException) -> str:
    """The kind and first line of an error: later lines hold the values it came with, perhaps a person's."""
    lines = str(getattr(error, "orig", None) or error).splitlines()
    return f"{type(error).__name__}: {lines[0] if lines else ''}"[:300]


def _story_of(error: BaseException) -> str:
    """Where an error comes from, and the words of it and of those behind it."""
    behind = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    before = f"{_story_of(behind)}\nthen\n" if behind else ""
    return f"{before}{''.join(traceback.format_tb(error.__traceback__))}{words_of(error)}"


def start_logs(service: str, level: str) -> None:
    """Log JSON lines to standard output; libraries only from WARNING on."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_JsonLines(service))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    # A client that cannot reach the broker says so every few milliseconds; metrics tell it once.
    logging.getLogger("aiokafka").setLevel(logging.CRITICAL)
    logging.getLogger("punchcard").setLevel(level)


log = logging.getLogger("punchcard")


class RequestLines:
    """One line a request, encoded without the logging machinery and written many at a time."""

    def __init__(self, service: str) -> None:
        self._service = service
        self._waiting: list[bytes] = []

    def add(self, method: str, route: str, status: int, seconds: float, current: Trace, who: str) -> None:
        line = {
            "time": instant_text(now()),
            "level": "info",
            "service": self._service,
            "message": "request",
            "method": method,
            "route": route,
            "status": status,
            "ms": round(seconds * 1000, 2),
            "request_id": current.request_id,
            "trace_id": current.traceparent[3:35],
            "caller": who,
        }
        self._waiting.append(_encoder.encode(line))
        if len(self._waiting) >= 256:
            self.flush()

    def flush(self) -> None:
        """Write what waits; called twice a second, and at the end."""
        if self._waiting:
            lines, self._waiting = self._waiting, []
            sys.stdout.write((b"\n".join(lines) + b"\n").decode())
            sys.stdout.flush()
