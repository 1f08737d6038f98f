"""What the wallet is entrusted with is in no log, event, metric, problem or row that is shown."""

from __future__ import annotations

import asyncio
import base64
import logging
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from contracts.problem import UpstreamUnavailable
from kit import telemetry
from kit.http import Peer
from kit.identity import Caller
from kit.ids import uuid7
from kit.telemetry import metrics_text
from kit.testing import Keys, client
from punchcard.embedded.wallet_identities import PASS_TYPE_ID, WalletIdentities
from wallet import commands, store
from wallet.apple.web import TOKEN_HEADER
from wallet.domain import Delivered, Never, NotNow, Pass
from wallet.main import build
from wallet.settings import WalletSettings

PUSH_TOKEN = "5bd1c8f9ad0e4c3fa81d3b62e9370a4c" * 2
EMAIL, NAME = "zenzefiliya@punchcard.example", "Zenzefiliya"
VENDOR, ADMIN, APPLE = "/api/v1/vendor/loyalty", "/api/v1/admin/loyalty", "/api/v1/loyalty/apple"


class Babbling:
    """A provider whose words hold everything that it was given, and what a hostile platform may add."""

    platform = "apple"

    def __init__(self) -> None:
        self.calls = 0

    async def deliver(self, held: Pass) -> Any:
        self.calls += 1
        token = held.authentication_token.hex()
        words = f"400 BadDeviceToken {PUSH_TOKEN} {token} of {EMAIL} card {held.card_number}"
        match self.calls % 5:
            case 0:
                return Delivered(1, answer=words)
            case 1:
                raise RuntimeError(words)
            case 2:
                return NotNow(words)
            case 3:
                return NotNow("unavailable", answer=words)
        return Never(words, answer=words)


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Any:
    """All that is logged, as the formatter of production writes it."""
    formatter = telemetry._JsonLines("wallet")
    caplog.set_level(logging.DEBUG, "punchcard")

    def read() -> str:
        # Of libraries only warnings are written; the caller's own lines are the test's.
        told = [one for one in caplog.records if one.name == "punchcard" or one.levelno >= logging.WARNING]
        return "\n".join(formatter.format(record) for record in told)

    return read


@pytest.fixture
def settings(database: Any, keys: Keys, identities: WalletIdentities) -> WalletSettings:
    given = keys.settings("wallet", database.fresh("wallet").app_url)
    return WalletSettings.load(
        **given,
        apple_pass_certificate=SecretStr(identities.pass_certificate.read_text()),
        apple_pass_key=SecretStr(identities.pass_key.read_text()),
        apple_wwdr_certificate=SecretStr(identities.authority.read_text()),
    )


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


def forms(secret: bytes) -> list[str]:
    """A secret as it might be written."""
    return [
        secret.hex(),
        base64.b64encode(secret).decode().rstrip("="),
        base64.urlsafe_b64encode(secret).decode().rstrip("="),
        repr(secret)[2:-1],
    ]


def secret_lines(pem: str) -> list[str]:
    """The lines of a key: any one of them is too much."""
    return [line for line in pem.splitlines() if len(line) > 40]


async def test_no_token_key_or_name_is_in_what_the_wallet_says(
    settings: WalletSettings,
    keys: Keys,
    identities: WalletIdentities,
    lines: Any,
    capsys: Any,
    monkeypatch: pytest.MonkeyPatch,
    a_card: Any,
    a_transaction: Any,
):
    monkeypatch.setattr("wallet.domain.FIRST_PAUSE_S", 0.001)
    monkeypatch.setattr("wallet.breaker.FIRST_REST_S", 0.01)
    monkeypatch.setattr("wallet.breaker.LONGEST_REST_S", 0.01)

    async def nobody(self: Peer, kind: str, thing_id: Any) -> Any:
        raise UpstreamUnavailable

    monkeypatch.setattr(Peer, "state", nobody)
    babbling, card = Babbling(), a_card()
    service = build(settings, [babbling])
    async with service.work() as tx:
        await commands.note_cards(tx, [card])
        await commands.note_transactions(tx, [a_transaction(card, 3)])
        await commands.hand_out(tx, card.id, "apple")
        held = await store.find(tx.conn, card.id)
    assert held is not None
    said: list[str] = []

    async with service.http.router.lifespan_context(service.http):
        async with asyncio.timeout(30):
            while babbling.calls < 12:
                async with service.work() as tx:
                    await tx.conn.execute(
                        text(
                            "UPDATE deliveries SET status = 'behind', next_try_at = now(),"
                            " behind_since = coalesce(behind_since, now())"
                        )
                    )
                await asyncio.sleep(0.02)
        async with client(service.app) as http:
            said += await _all_routes(http, keys, card, held)
    async with service.work.read() as conn:
        for table in ("outbox", "delivery_log", "deliveries", "providers", "parked_events"):
            rows = await conn.execute(text(f"SELECT t::text FROM {table} t"))
            said += [f"{table}: {row}" for (row,) in rows]
    await service.engine.dispose()

    whole = "\n".join([*said, lines(), metrics_text().decode(), capsys.readouterr().out])
    assert "a delivery to apple failed: RuntimeError" in whole, "nothing was told: this run shows nothing"
    assert "BadDeviceToken" in whole
    assert "POST 201" in whole, "the device was not registered: the push token went nowhere"
    planted = {
        "authentication token": forms(held.authentication_token),
        "push token": [PUSH_TOKEN],
        "pass key": secret_lines(identities.pass_key.read_text()),
        "Google's key": secret_lines(identities.google_account.read_text().replace("\\n", "\n"))[:5],
        "e-mail": [EMAIL, NAME],
    }
    found = [
        (what, whole[max(0, whole.lower().find(one.lower()) - 120) :][:200])
        for what, ones in planted.items()
        for one in ones
        if one.lower() in whole.lower()
    ]
    assert found == []


async def _all_routes(http: Any, keys: Keys, card: Any, held: Pass) -> list[str]:
    """Answers to what is asked rightly and wrongly, the right tokens at wrong doors too."""
    token = held.authentication_token.hex()
    owner = keys.bearer(Caller("owner", card.merchant_id))
    admin = keys.bearer(Caller("admin", user_id=uuid7()))
    public = keys.bearer(Caller("public"))
    as_pass = {**public, TOKEN_HEADER: f"ApplePass {token}"}
    serial = held.serial_number
    registration = f"{APPLE}/v1/devices/a-device/registrations/{PASS_TYPE_ID}/{serial}"
    wrong = registration.replace(PASS_TYPE_ID, "pass.example.wrong")
    asked = (
        ("GET", f"{VENDOR}/cards/{card.id}/passes", owner, None),
        ("GET", f"{VENDOR}/cards/{card.id}/passes/log", owner, None),
        ("GET", f"{VENDOR}/cards/{card.id}/passes/log?cursor={token}", owner, None),
        ("GET", f"{VENDOR}/cards/{uuid7()}/passes", owner, None),
        ("GET", f"{ADMIN}/wallet/health", admin, None),
        ("GET", f"/internal/passes/{card.id}", keys.bearer(Caller("service", service="gateway")), None),
        ("GET", f"/internal/cards/{card.id}/passes", keys.bearer(Caller("service", service="cards")), None),
        ("POST", registration, as_pass, {"pushToken": PUSH_TOKEN, "name": NAME}),
        ("POST", registration, as_pass, {"pushToken": PUSH_TOKEN}),
        ("POST", registration, as_pass, {"pushToken": PUSH_TOKEN}),
        ("POST", wrong, as_pass, {"pushToken": PUSH_TOKEN}),
        ("POST", registration, public, {"pushToken": [PUSH_TOKEN]}),
        ("GET", f"{APPLE}/v1/devices/a-device/registrations/{PASS_TYPE_ID}", public, None),
        ("DELETE", registration, as_pass, None),
        ("GET", f"{APPLE}/v1/passes/pass.example.wrong/{serial}", as_pass, None),
        ("POST", f"{APPLE}/v1/log", public, {"logs": [f"{PUSH_TOKEN} of {token} did not work"]}),
    )
    said = []
    for method, path, headers, body in asked:
        answer = await http.request(method, path, headers=headers, json=body)
        said.append(f"{method} {answer.status_code} {dict(answer.headers)} {answer.text}".replace(path, ""))
    return said
