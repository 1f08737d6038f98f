"""The cards service: wiring, top to bottom."""

from __future__ import annotations

from cards import api
from cards.consumers import STATUS_ROWS, hear_transactions
from cards.settings import CardsSettings
from cards.terms import KINDS, TermsBook
from contracts.ledger import TransactionRecorded
from kit.app import Service, serve
from kit.http import Peer, Upstream


def build(settings: CardsSettings) -> Service:
    """The service, ready to serve."""
    service = Service(settings, title="Punchcard cards")
    upstream = Upstream("programs", settings.programs_url, settings.upstream_timeout_ms)
    terms = TermsBook(service.work, Peer(upstream, service.signer))
    service.http.state.terms = terms

    assert service.listener is not None
    service.listener.hear(terms.projection.hear, *KINDS)
    service.listener.hear(hear_transactions, TransactionRecorded, mentions=STATUS_ROWS)
    service.background("projection", terms.projection.run)
    service.ready_when("projection", lambda: terms.projection.loaded)
    service.at_close(upstream.close)

    service.include(api.vendor, api.customers, api.deletion, api.internal)
    return service


if __name__ == "__main__":
    serve(build(CardsSettings.load()))
