"""What administrators see of the wallets, and the same as metrics."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pydantic import SecretStr
from sqlalchemy import text

from kit.app import Service
from kit.identity import Caller
from kit.ids import now, uuid7
from kit.telemetry import registry
from kit.testing import Keys, client
from punchcard.embedded.wallet_identities import WalletIdentities
from wallet import certificates, commands, queries, store
from wallet.breaker import OPENS_AFTER, Breaker
from wallet.delivery import DeliveryLoop
from wallet.domain import Delivered, Never, NotNow
from wallet.health_api import warnings_of
from wallet.main import build
from wallet.settings import WalletSettings

PATH = "/api/v1/admin/loyalty/wallet/health"
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path)


@pytest.fixture
def settings(database: Any, keys: Keys) -> WalletSettings:
    return WalletSettings.load(**keys.settings("wallet", database.fresh("wallet").app_url))


@pytest.fixture
async def service(settings: WalletSettings, provider: Any) -> AsyncIterator[Service]:
    made = build(settings, [provider])
    yield made
    await made.engine.dispose()


@pytest.fixture
async def http(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    async with client(service.app) as asking:
        yield asking


async def read(http: httpx.AsyncClient, keys: Keys) -> dict[str, Any]:
    answer = await http.get(PATH, headers=keys.bearer(Caller("admin", user_id=uuid7())))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


async def hand_out(service: Service, cards: list[Any]) -> None:
    async with service.work() as tx:
        await commands.note_cards(tx, cards)
        for card in cards:
            await commands.hand_out(tx, card.id, "apple")


async def test_a_wallet_that_never_did_anything_is_healthy(http: Any, keys: Keys):
    body = await read(http, keys)

    apple, google = body["providers"]
    assert (apple["platform"], apple["configured"], google["platform"], google["configured"]) == (
        "apple", True, "google", False,
    )  # fmt: skip
    for one in (apple, google):
        assert (one["breaker"], one["passes"], one["failed"], one["warnings"]) == ("closed", 0, 0, [])
        assert one["behind"] == {"passes": 0, "p50_s": 0, "p95_s": 0, "p99_s": 0, "oldest_s": 0}
        assert one["last_success_at"] is None
    assert body["last_sync"] is None


async def test_it_says_how_many_passes_are_behind_and_for_how_long(
    service: Service, http: Any, keys: Keys, a_card: Any
):
    await hand_out(service, [a_card() for _ in range(100)])
    async with service.work() as tx:
        await tx.conn.execute(
            text(
                "UPDATE deliveries d SET behind_since = now() - make_interval(secs => n) FROM"
                " (SELECT card_id, row_number() OVER () AS n FROM deliveries) r WHERE r.card_id = d.card_id"
            )
        )

    behind = (await read(http, keys))["providers"][0]["behind"]
    await queries.count_behind(service.work)

    assert behind["passes"] == 100
    for name, seconds in (("p50_s", 50), ("p95_s", 95), ("p99_s", 99), ("oldest_s", 100)):
        assert seconds <= behind[name] < seconds + 10
    gauge = registry.get_sample_value(
        "passes_behind_seconds_quantile", {"platform": "apple", "quantile": "0.95"}
    )
    assert gauge is not None
    assert 95 <= gauge < 105


async def test_a_provider_that_is_down_is_told_and_fails_no_readiness(
    service: Service, http: Any, keys: Keys, provider: Any, a_card: Any
):
    await hand_out(service, [a_card() for _ in range(OPENS_AFTER + 2)])
    loop = DeliveryLoop(service.work, provider)
    good, bad, *rest = await loop.claim(50)
    await loop.record([(good, Delivered()), (bad, Never("BadDeviceToken"))])
    down = NotNow("503 ServiceUnavailable of anna.muller@punchcard.example")
    await loop.record([(one, down) for one in rest])

    apple, google = (await read(http, keys))["providers"]
    ready = (await http.get("/health/ready")).json()
    await queries.count_all(service.work)

    assert apple["breaker"] == "open"
    assert apple["left_alone_since"] is not None
    assert apple["last_error"] == "503 ServiceUnavailable of (masked)"
    assert None not in (apple["last_success_at"], apple["last_error_at"])
    assert (apple["passes"], apple["failed"], apple["behind"]["passes"]) == (12, 1, 10)
    assert apple["warnings"] == ["left-alone", "passes-refused"]
    assert google["breaker"] == "closed"
    assert registry.get_sample_value("passes_handed_out", {"platform": "apple"}) == 12
    assert registry.get_sample_value("passes_failed", {"platform": "apple"}) == 1
    assert not any("apple" in part or "google" in part for part in ready)


@pytest.mark.parametrize(
    "refusal",
    [NotNow("BadCertificate", refuses_us=True), Never("Forbidden", refuses_us=True)],
    ids=["a passing one", "a lasting one"],
)
async def test_a_provider_that_refuses_our_identity_is_told_until_it_takes_a_pass(
    service: Service, http: Any, keys: Keys, provider: Any, a_card: Any, caplog: Any, refusal: Any
):
    async def warned() -> bool:
        await queries.count_behind(service.work)
        told = "identity-refused" in (await read(http, keys))["providers"][0]["warnings"]
        metric = registry.get_sample_value("provider_identity_refused", {"platform": "apple"})
        assert metric == told
        return told

    await hand_out(service, [a_card() for _ in range(4)])
    loop = DeliveryLoop(service.work, provider)
    first, second, unasked, taken = await loop.claim(50)
    await loop.record([(first, Delivered(1))])
    assert not await warned()

    await loop.record([(second, refusal)])
    assert await warned(), "also within the second in which a success was written down"
    await loop.record([(unasked, Delivered(unasked=True))])
    assert await warned(), "nothing was sent, so nothing is known"
    await loop.record([(taken, Delivered(1))])
    assert not await warned()
    lines = [line for line in caplog.messages if "our identity" in line or "takes our" in line]
    assert len(lines) == 2


async def test_the_last_sync_is_told(service: Service, http: Any, keys: Keys):
    async with service.work() as tx:
        await tx.conn.execute(
            text("UPDATE ledger_sync SET last_finished_at = now(), last_compared = 7, last_healed = 2")
        )

    last = (await read(http, keys))["last_sync"]

    assert (last["compared"], last["healed"]) == (7, 2)


@pytest.mark.parametrize("role", ["terminal", "owner", "manager", "public", "service"])
async def test_nobody_but_administrators_may_ask(http: Any, keys: Keys, role: Any):
    assert (await http.get(PATH, headers=keys.bearer(Caller(role, uuid7())))).status_code == 403


# -- certificates


@pytest.mark.parametrize(
    ("ends_in", "warned"),
    [
        (timedelta(days=31), []),
        (timedelta(days=30), ["certificate-expires-soon"]),
        (timedelta(seconds=1), ["certificate-expires-soon"]),
        (timedelta(0), ["certificate-expired"]),
        (timedelta(days=-9), ["certificate-expired"]),
    ],
)
def test_a_certificate_that_expires_within_thirty_days_is_warned_of(ends_in: timedelta, warned: list[str]):
    well = store.Health(Breaker(), None, None, None, None, NOON)

    assert warnings_of(well, 0, NOON + ends_in) == warned


async def test_the_expiry_of_apple_s_certificates_is_told(
    settings: WalletSettings, keys: Keys, identities: WalletIdentities
):
    configured = settings.model_copy(
        update={
            "apple_pass_certificate": SecretStr(identities.pass_certificate.read_text()),
            "apple_pass_key": SecretStr(identities.pass_key.read_text()),
            "apple_wwdr_certificate": SecretStr(identities.authority.read_text()),
        }
    )

    ends = certificates.expires_at(configured)
    service = build(configured, [])
    async with client(service.app) as http:
        apple, google = (await read(http, keys))["providers"]
    await service.engine.dispose()

    assert ends is not None
    assert ends > now()
    assert datetime.fromisoformat(apple["certificate_expires_at"]) == ends
    assert google["certificate_expires_at"] is None
    metric = "apple_certificate_expires_timestamp_seconds"
    values = [registry.get_sample_value(metric, {"certificate": name}) for name in ("pass", "wwdr")]
    assert ends.timestamp() == min(value for value in values if value is not None)


def test_without_an_identity_there_is_no_expiry(settings: WalletSettings):
    assert certificates.expires_at(settings) is None
