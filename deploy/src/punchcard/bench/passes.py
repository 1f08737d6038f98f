"""How many passes a second come through the gateway, each signed for its card, and what a signature costs."""

from __future__ import annotations

import hashlib
import statistics
import time
from collections.abc import Collection
from typing import Any

import httpx

from punchcard.bench import watch
from punchcard.bench.generated import fill
from punchcard.bench.ground import Ground
from punchcard.bench.shop import Shop, open_shop
from punchcard.embedded.wallet_identities import WalletIdentities
from punchcard.problems import Found

CALLERS = 20
#: More than are downloaded: each card's pass is made and signed once, none is found ready.
CARDS_PER_S, WARM_UP = 1500, 300
SIGNATURES, FIRST_PASS_S = 200, 30.0
PASS = "/api/v1/loyalty/cards/{}/pass.pkpass"  # noqa: S105 - an address


def measure(ground: Ground) -> dict[str, float]:
    """The median of the rounds; the median of signatures, made one after another in this process."""
    shop = open_shop(ground.stack, 0)
    per_round = int(CARDS_PER_S * ground.seconds)
    paths = _generate(ground, shop, WARM_UP + ground.rounds * per_round)
    # The strips of all counts are drawn by then, as those of any program of yesterday.
    warm_up = "pass downloads, warm-up"
    _download(ground, warm_up, paths[:WARM_UP], min(3.0, ground.seconds), may_wait=[warm_up])
    runs = [
        _download(ground, "pass downloads", paths[first : first + per_round], ground.seconds)
        for first in range(WARM_UP, len(paths), per_round)
    ]
    ground.seen["pass memory"].append(watch.memory_mb(ground.stack))
    return {
        "pass_downloads_per_s": statistics.median(run["per_second"] for run in runs),
        "pass_downloads_p99_ms": statistics.median(run["p99_ms"] for run in runs),
        "pass_sign_ms_p50": _sign_ms(WalletIdentities.ensure(ground.stack.home.path / "bench-identities")),
    }


def _generate(ground: Ground, shop: Shop, cards: int) -> list[str]:
    """Cards with links and passes; where each is downloaded."""
    given: dict[str, Any] = {
        "merchant": shop.merchant_id, "program": shop.program_id, "cards": cards, "seed": shop.slug,
        "from_ms": int(time.time() * 1000),
    }  # fmt: skip
    fill(ground, "cards", "passes.cards.sql", given)
    fill(ground, "wallet", "passes.wallet.sql", given)
    tokens = (
        hashlib.md5(f"{shop.slug}link{card}".encode(), usedforsecurity=False).hexdigest()
        for card in range(1, cards + 1)
    )
    return [PASS.format(token) for token in tokens]


def _download(
    ground: Ground, name: str, paths: list[str], seconds: float, may_wait: Collection[str] = ()
) -> dict[str, Any]:
    _wait_for_a_pass(ground.stack.gateway_url + paths[0])
    plan = {
        "url": ground.stack.gateway_url, "path": "", "authorization": "", "cards": [], "paths": paths,
        "connections": CALLERS, "seconds": seconds, "rate": None,
    }  # fmt: skip
    (seen,) = ground.send((name, plan), may_wait=may_wait)
    return seen


def _wait_for_a_pass(url: str) -> None:
    """The first one of a look is drawn meanwhile."""
    deadline = time.monotonic() + FIRST_PASS_S
    while (answer := httpx.get(url, timeout=10)).status_code == 503 and time.monotonic() < deadline:
        time.sleep(0.5)
    if answer.headers.get("content-type") != "application/vnd.apple.pkpass":
        raise Found(f"No pass came from the gateway: {answer.status_code} {answer.text[:200]}")


def _sign_ms(identities: WalletIdentities) -> float:
    """Of a manifest as passes have them."""
    from wallet.apple.archive import manifest, part
    from wallet.apple.identity import AppleIdentity

    identity = AppleIdentity.read(
        identities.pass_certificate.read_text(),
        identities.pass_key.read_text(),
        identities.authority.read_text(),
    )
    listed = manifest(part(f"file-{number}.png", b"picture") for number in range(14))
    took_ms = []
    for _ in range(SIGNATURES):
        began = time.perf_counter()
        identity.sign(listed)
        took_ms.append((time.perf_counter() - began) * 1000)
    return statistics.median(took_ms)
