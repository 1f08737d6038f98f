"""What stands in for Apple in the stack: its journal, who shows it, and when it is not there."""

from __future__ import annotations

import asyncio
import json
import ssl
from pathlib import Path

import pytest
from rich.console import Console

from punchcard import environment
from punchcard.embedded.wallet_identities import PASS_TYPE_ID, WalletIdentities
from punchcard.home import Home
from punchcard.problems import MachineCannot
from punchcard.standins import journal
from punchcard.standins.apple import ApplePushStandIn, Reply, _fault, _Request
from punchcard.standins.journal import Journal
from punchcard.standins.member import APPLE_IDENTITY, GOOGLE_IDENTITY, stands_in
from punchcard.wallet_watch import follow

TOKEN = "9f86d081884c7d65" * 4
GOOD = {":method": "POST", ":path": f"/3/device/{TOKEN}", "apns-topic": PASS_TYPE_ID}


def test_a_journal_is_read_as_it_was_written_and_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(journal, "LIMIT_BYTES", 1000)
    file = tmp_path / "deep" / "arrivals.jsonl"
    written = Journal(file)

    for number in range(200):
        written.write(number=number)

    rows = [row["number"] for row in journal.read(file)]
    assert rows == list(range(rows[0], 200))
    assert 50 < len(rows) < 200
    assert file.stat().st_size < 1100


def test_what_comes_is_followed_also_into_a_new_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(journal, "LIMIT_BYTES", 100)
    monkeypatch.setattr(journal, "LOOK_EVERY_S", 0.0)
    file = tmp_path / "arrivals.jsonl"
    written = Journal(file)
    written.write(number="before")
    coming = journal.follow(file)
    seen = [next(coming)]

    for number in range(20):
        written.write(number=number)
        while (row := next(coming)) is not None:
            seen.append(row)

    assert seen[0] is None
    assert [row["number"] for row in seen[1:] if row] == list(range(20))


def test_a_line_that_is_half_written_waits(tmp_path: Path):
    file = tmp_path / "arrivals.jsonl"
    file.write_text('{"number": 1}\n{"numb')

    assert journal.read(file) == [{"number": 1}]


@pytest.mark.parametrize(
    ("settings", "is_stood_in_for"),
    [
        ({}, True),
        ({"APPLE_PASS_CERTIFICATE": ""}, True),
        ({"GOOGLE_ISSUER_ID": "1"}, True),
        ({"APPLE_PASS_CERTIFICATE": "-----BEGIN"}, False),
        ({"APPLE_PASS_KEY_FILE": "/somewhere"}, False),
    ],
)
def test_nothing_stands_in_where_there_is_a_real_identity(settings: dict[str, str], is_stood_in_for: bool):
    assert stands_in(settings, APPLE_IDENTITY) is is_stood_in_for


def test_one_may_be_real_and_the_other_stood_in_for():
    settings = {"GOOGLE_ISSUER_ID": "1", "GOOGLE_SERVICE_ACCOUNT_FILE": "/somewhere"}

    assert stands_in(settings, APPLE_IDENTITY)
    assert not stands_in(settings, GOOGLE_IDENTITY)


def test_an_identity_in_the_environment_reaches_the_services(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("APPLE_PASS_CERTIFICATE_FILE", "/somewhere/pass.pem")

    assert environment.given()["APPLE_PASS_CERTIFICATE_FILE"] == "/somewhere/pass.pem"


def test_watching_shows_what_arrived(tmp_path: Path):
    home = Home(tmp_path)
    Journal(home.arrivals).write(at=1.5, wallet="apple", device=TOKEN[:16], status=410, reason="Unregistered")
    console = Console(record=True, width=120)

    follow(home, console, Console(stderr=True), seconds=0, past=True)

    said = console.export_text()
    assert TOKEN[:16] in said
    assert "410  Unregistered" in said


def test_watching_where_nothing_runs_says_so(tmp_path: Path):
    with pytest.raises(MachineCannot, match="make up"):
        follow(Home(tmp_path), Console(), Console(), seconds=0, past=False)


@pytest.mark.parametrize(
    ("changes", "body", "reason"),
    [
        ({}, b"{}", None),
        ({":method": "GET"}, b"{}", "MethodNotAllowed"),
        ({":path": "/3/devices/x"}, b"{}", "BadPath"),
        ({":path": "/3/device/xyz"}, b"{}", "BadDeviceToken"),
        ({"apns-topic": "pass.other"}, b"{}", "TopicDisallowed"),
        ({}, b"", "PayloadEmpty"),
        ({}, b"{" + b" " * 5000 + b"}", "PayloadTooLarge"),
        ({}, b'{"aps": {}}', "BadPayload"),
        ({"apns-id": "4F3A"}, b"{}", "BadMessageId"),
        ({"apns-expiration": "soon"}, b"{}", "BadExpirationDate"),
        ({"apns-expiration": "0"}, b"{}", None),
        ({"apns-priority": "7"}, b"{}", "BadPriority"),
        ({"apns-push-type": "loud"}, b"{}", "InvalidPushType"),
        ({"apns-collapse-id": "x" * 65}, b"{}", "BadCollapseId"),
    ],
)
def test_the_stand_in_is_strict(changes: dict[str, str], body: bytes, reason: str | None):
    request = _Request({**GOOD, **changes})
    request.body += body

    found = _fault(request, PASS_TYPE_ID)

    assert (found.reason if found else None) == reason


def test_the_stand_in_misses_the_topic():
    request = _Request({name: value for name, value in GOOD.items() if name != "apns-topic"})
    request.body += b"{}"

    assert _fault(request, PASS_TYPE_ID) == Reply(400, "MissingTopic")


async def test_the_stand_in_asks_for_a_certificate(tmp_path: Path):
    identities = WalletIdentities.ensure(tmp_path)
    stand_in = ApplePushStandIn(identities)
    await stand_in.start()
    context = ssl.create_default_context(cafile=str(identities.authority))
    context.set_alpn_protocols(["h2"])

    # With TLS 1.3 the refusal comes with the first bytes that are read.
    async def greet() -> bytes:
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", stand_in.port, ssl=context, server_hostname="localhost"
        )
        writer.write(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        return await reader.readexactly(9)

    with pytest.raises((ssl.SSLError, ConnectionError, asyncio.IncompleteReadError)):
        await greet()
    await stand_in.stop()


def test_the_stack_keeps_a_stand_in_going_and_tells_the_wallet(stack):
    stand_ins = stack.stand_ins

    assert stand_ins is not None
    stand_ins.wait_ready(20)
    assert json.loads(json.dumps(stand_ins.member.settings()))["APPLE_PUSH_URL"].startswith(
        "https://127.0.0.1:"
    )
    before = stand_ins.pid
    stand_ins.kill9()
    stand_ins.wait_ready(20)
    assert stand_ins.pid != before
