"""The cards service: wiring, top to bottom."""

from __future__ import annotations

from cards import api
from cards.archive import Archive
from cards.consumers import STATUS_ROWS, hear_transactions
from cards.importing import api as importing
from cards.importing import exporting
from cards.ledger import Ledger
from cards.letters import Letters
from cards.settings import CardsSettings
from cards.terms import KINDS, TermsBook
from contracts.ledger import TransactionRecorded
from kit import audit, parked
from kit.app import Service
from kit.http import Peer, Upstream
from kit.mail import Mail
from kit.serving import serve

#: Every transaction of the platform comes by here, and hardly any is taken: only what switches a card.
GATHER_S = 0.25


def build(settings: CardsSettings) -> Service:
    """The service, ready to serve."""
    service = Service(settings, title="Punchcard cards")
    programs, ledger, wallet = (
        Upstream(name, url, settings.upstream_timeout_ms)
        for name, url in (
            ("programs", settings.programs_url),
            ("ledger", settings.ledger_url),
            ("wallet", settings.wallet_url),
        )
    )
    terms = TermsBook(service.work, Peer(programs, service.signer))
    service.http.state.terms = terms
    service.http.state.ledger = Ledger(Peer(ledger, service.signer))
    service.http.state.archive = Archive(Peer(ledger, service.signer), Peer(wallet, service.signer))

    mail = Mail(service.work, settings)
    service.http.state.letters = Letters(mail, settings.public_base_url)
    service.background("mail", mail.run)

    assert service.listener is not None
    service.listener.hear(terms.projection.hear, *KINDS)
    service.listener.gather_s = GATHER_S
    service.listener.hear(hear_transactions, TransactionRecorded, mentions=STATUS_ROWS)
    service.background("projection", terms.projection.run)
    service.ready_when("projection", lambda: terms.projection.loaded)
    for upstream in (programs, ledger, wallet):
        service.at_close(upstream.close)

    service.include(
        api.vendor, api.customers, api.deletion, api.privacy, api.public, api.own_card, api.internal
    )
    service.include(importing.router, importing.internal, exporting.router)
    service.include(audit.router(), parked.router())
    return service


if __name__ == "__main__":
    serve(build(CardsSettings.load()))
