"""The wallet service, wired top to bottom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from contracts.programs import RewardChanged, StoreChanged
from kit import audit, parked
from kit.app import Service
from kit.http import Peer, Upstream
from kit.projection import Projection
from kit.serving import serve
from wallet import api, consumers, queries
from wallet.commands import Passes
from wallet.delivery import DeliveryLoop, Provider
from wallet.settings import WalletSettings

#: Passes may follow so much later: many transactions at once cost much less than few.
GATHER_S = 0.1


def build(settings: WalletSettings, providers: Iterable[Provider] | None = None) -> Service:
    """The service; `providers` stand in for those of the settings."""
    service = Service(settings, title="Punchcard wallet")
    cards_upstream = Upstream("cards", settings.cards_url, settings.upstream_timeout_ms)
    programs_upstream = Upstream("programs", settings.programs_url, settings.upstream_timeout_ms)
    cards, programs = Peer(cards_upstream, service.signer), Peer(programs_upstream, service.signer)

    async def fetch_card(card_id: UUID) -> Mapping[str, Any] | None:
        return await cards.state("card", card_id)

    projection = Projection(
        service.work,
        kinds=consumers.LOOKS,
        fetch=programs.state,
        groups={RewardChanged: "program_id", StoreChanged: "merchant_id"},
    )
    assert service.listener is not None, "the wallet hears three topics"
    service.listener.gather_s = GATHER_S
    consumers.hear_all(service.listener, projection)
    loops = {
        provider.platform: DeliveryLoop(service.work, provider)
        for provider in (configured(settings) if providers is None else providers)
    }
    passes = Passes(service.work, fetch_card)
    service.include(api.routes(service.work, passes, loops.keys()))
    service.include(audit.router(), parked.router())

    service.background("projection", projection.run)
    service.ready_when("projection", lambda: projection.loaded)
    service.background("passes behind", lambda: queries.keep_counting(service.work))
    service.at_close(cards_upstream.close)
    service.at_close(programs_upstream.close)
    for platform, loop in loops.items():
        service.background(f"deliveries to {platform}", loop.run)
        service.at_close(loop.close)
    return service


def configured(settings: WalletSettings) -> list[Provider]:
    """The providers that the settings name: none yet, then passes are kept and nothing is delivered."""
    return []


if __name__ == "__main__":
    serve(build(WalletSettings.load()))
