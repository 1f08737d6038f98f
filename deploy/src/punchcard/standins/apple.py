"""Apple's push service, stood in for: HTTP/2 over TLS that demands the pass certificate, as strict as Apple.

It answers with the statuses and reasons that Apple documents, and can be told to fail, stall, lie or go away.
"""

from __future__ import annotations

import asyncio
import json
import re
import ssl
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple, cast
from uuid import uuid4

from cryptography import x509
from cryptography.x509.oid import NameOID
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import DataReceived, RequestReceived, StreamEnded, StreamReset
from h2.exceptions import H2Error
from h2.settings import SettingCodes

from punchcard.embedded.wallet_identities import WalletIdentities

_PATH = re.compile("/3/device/([^/]+)")
_TOKEN = re.compile("[0-9a-fA-F]{64,200}")
#: Headers that may be left out, what they may hold, and what Apple calls it when they hold something else.
_OPTIONAL = (
    ("apns-id", re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"), "BadMessageId"),
    ("apns-expiration", re.compile("[0-9]+"), "BadExpirationDate"),
    ("apns-priority", re.compile("1|5|10"), "BadPriority"),
    (
        "apns-push-type",
        re.compile("alert|background|location|voip|complication|fileprovider|mdm"),
        "InvalidPushType",
    ),
    ("apns-collapse-id", re.compile(".{1,64}"), "BadCollapseId"),
)
BODY_LIMIT_BYTES = 4096
KEPT = 100_000


class Push(NamedTuple):
    """One push as it arrived, and how it was answered."""

    at: float
    device: str
    status: int
    reason: str


class Reply(NamedTuple):
    """`timestamp_ms`: since when a device is gone. `body`: instead of Apple's JSON."""

    status: int
    reason: str = ""
    timestamp_ms: int | None = None
    body: bytes | None = None
    headers: tuple[tuple[str, str], ...] = ()


@dataclass
class Behaviour:
    """What it was told to do; by default it takes what is good."""

    #: Instead of taking what is good: for every device, or for one.
    all: Reply | None = None
    devices: dict[str, Reply] = field(default_factory=dict)
    #: Pushes arrive, and no answer ever goes back.
    stalls: bool = False
    delay_s: float = 0.0
    #: After so many requests on a connection: GOAWAY, with the next one not begun with.
    goes_away_after: int | None = None
    goaway_reason: str = ""
    streams: int = 1000


class ApplePushStandIn:
    """`start` listens on 127.0.0.1; `arrived` holds the last pushes, `on_push` hears each."""

    def __init__(
        self, identities: WalletIdentities, on_push: Callable[[Push], None] = lambda push: None
    ) -> None:
        self._identities = identities
        self._on_push = on_push
        self._server: asyncio.Server | None = None
        self.behaviour = Behaviour()
        self.arrived: deque[Push] = deque(maxlen=KEPT)
        self.connections: set[_Connection] = set()
        #: Connections ever, most requests open at once, and certificates that came in the last handshake.
        self.connected = 0
        self.most_open = 0
        self.chain_length = 0

    async def start(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self), "127.0.0.1", port, ssl=_context(self._identities)
        )

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for connection in list(self.connections):
            connection.cut()

    @property
    def port(self) -> int:
        assert self._server is not None, "it was not started"
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    @property
    def url(self) -> str:
        return f"https://127.0.0.1:{self.port}"

    def taken(self, device: str | None = None) -> list[Push]:
        """Those that were answered with 200."""
        return [push for push in self.arrived if push.status == 200 and device in (None, push.device)]

    def reply_to(self, request: _Request, topic: str) -> Reply:
        """What Apple would say to this; remembered."""
        reply = _fault(request, topic) or self._told(request.device)
        push = Push(time.time(), request.device, reply.status, reply.reason)
        self.arrived.append(push)
        self._on_push(push)
        return reply

    def _told(self, device: str) -> Reply:
        return self.behaviour.devices.get(device) or self.behaviour.all or Reply(200)


class _Request:
    def __init__(self, headers: dict[str, str]) -> None:
        self.headers = headers
        self.body = bytearray()
        found = _PATH.fullmatch(headers.get(":path", ""))
        self.device = found[1] if found else ""


def _fault(request: _Request, topic: str) -> Reply | None:
    """What is wrong with it; None when nothing is. In the order in which Apple looks."""
    headers = request.headers
    if headers.get(":method") != "POST":
        return Reply(405, "MethodNotAllowed")
    if not request.device:
        return Reply(404, "BadPath")
    if not _TOKEN.fullmatch(request.device):
        return Reply(400, "BadDeviceToken")
    if "apns-topic" not in headers:
        return Reply(400, "MissingTopic")
    if headers["apns-topic"] != topic:
        return Reply(400, "TopicDisallowed")
    for name, fits, reason in _OPTIONAL:
        if name in headers and not fits.fullmatch(headers[name]):
            return Reply(400, reason)
    if not request.body:
        return Reply(400, "PayloadEmpty")
    if len(request.body) > BODY_LIMIT_BYTES:
        return Reply(413, "PayloadTooLarge")
    # Apple takes more; of a pass there is nothing else to be said. The reason is the stand-in's own.
    return None if bytes(request.body) == b"{}" else Reply(400, "BadPayload")


class _Connection(asyncio.Protocol):
    def __init__(self, stand_in: ApplePushStandIn) -> None:
        self._stand_in = stand_in
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))
        self._transport: asyncio.Transport | None = None
        self._topic = ""
        self._open: dict[int, _Request] = {}
        self._seen = 0
        self._gone = False

    # -- the wire

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        tls = transport.get_extra_info("ssl_object")
        self._topic = _uid(tls.getpeercert(binary_form=True))
        self._stand_in.chain_length = _presented(tls)
        self._stand_in.connections.add(self)
        self._stand_in.connected += 1
        self._h2.initiate_connection()
        streams = self._stand_in.behaviour.streams
        self._h2.update_settings({SettingCodes.MAX_CONCURRENT_STREAMS: streams})
        self._flush()

    def connection_lost(self, error: Exception | None) -> None:
        self._stand_in.connections.discard(self)

    def data_received(self, data: bytes) -> None:
        try:
            for event in self._h2.receive_data(data):
                self._take(event)
        except H2Error:
            self.cut()
            return
        self._flush()

    def cut(self) -> None:
        """End it without a word."""
        if self._transport is not None:
            self._transport.abort()

    def _flush(self) -> None:
        data = self._h2.data_to_send()
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    # -- requests

    def _take(self, event: Any) -> None:
        match event:
            case RequestReceived():
                self._begin(event.stream_id, {str(name): str(value) for name, value in event.headers})
            case DataReceived():
                self._h2.acknowledge_received_data(event.flow_controlled_length, event.stream_id)
                if event.stream_id in self._open:
                    self._open[event.stream_id].body += event.data
            case StreamEnded() if event.stream_id in self._open and not self._stand_in.behaviour.stalls:
                self._answer_in_time(event.stream_id)
            case StreamReset():
                self._open.pop(event.stream_id, None)

    def _begin(self, stream_id: int, headers: dict[str, str]) -> None:
        limit = self._stand_in.behaviour.goes_away_after
        if self._gone or (limit is not None and self._seen >= limit):
            self._go_away(before=stream_id)
            return
        self._seen += 1
        self._open[stream_id] = _Request(headers)
        self._stand_in.most_open = max(self._stand_in.most_open, len(self._open))

    def _go_away(self, before: int) -> None:
        """What came before is still answered: the frame is written by hand, h2 would close at once."""
        if self._gone:
            return
        self._gone = True
        reason = self._stand_in.behaviour.goaway_reason
        said = json.dumps({"reason": reason}).encode() if reason else b""
        code = ErrorCodes.PROTOCOL_ERROR if reason else ErrorCodes.NO_ERROR
        payload = max(0, before - 2).to_bytes(4, "big") + int(code).to_bytes(4, "big") + said
        self._flush()
        assert self._transport is not None, "requests come over it"
        self._transport.write(len(payload).to_bytes(3, "big") + b"\x07\x00" + bytes(4) + payload)
        self._close_when_done()

    def _close_when_done(self) -> None:
        if self._gone and not self._open and self._transport is not None:
            self._transport.close()

    def _answer_in_time(self, stream_id: int) -> None:
        if delay_s := self._stand_in.behaviour.delay_s:
            asyncio.get_running_loop().call_later(delay_s, self._answer, stream_id, True)
        else:
            self._answer(stream_id)

    def _answer(self, stream_id: int, flushes: bool = False) -> None:
        request = self._open.pop(stream_id, None)
        if request is None:
            return
        reply = self._stand_in.reply_to(request, self._topic)
        body = b"" if reply.status == 200 and reply.body is None else _body(reply)
        headers = [
            (":status", str(reply.status)),
            ("apns-id", request.headers.get("apns-id") or str(uuid4())),
        ]
        self._h2.send_headers(stream_id, [*headers, *reply.headers], end_stream=not body)
        if body:
            self._h2.send_data(stream_id, body, end_stream=True)
        if flushes or self._gone:
            self._flush()
        self._close_when_done()


def _body(reply: Reply) -> bytes:
    if reply.body is not None:
        return reply.body
    said: dict[str, Any] = {"reason": reply.reason}
    if reply.timestamp_ms is not None:
        said["timestamp"] = reply.timestamp_ms
    return json.dumps(said).encode()


def _context(identities: WalletIdentities) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(identities.push_certificate, identities.push_key)
    context.load_verify_locations(identities.authority)
    context.verify_mode = ssl.CERT_REQUIRED
    context.set_alpn_protocols(["h2"])
    return context


def _uid(der: bytes) -> str:
    subject = x509.load_der_x509_certificate(der).subject
    return "".join(str(one.value) for one in subject.get_attributes_for_oid(NameOID.USER_ID))


def _presented(tls: ssl.SSLObject) -> int:
    """How many certificates the client sent; Python tells it openly from 3.13 on."""
    chain = getattr(getattr(tls, "_sslobj", None), "get_unverified_chain", lambda: ())()
    return len(chain or ())
