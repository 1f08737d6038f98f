"""The wiring of auth-pins, top to bottom; `python -m auth_pins.main` serves it."""

from __future__ import annotations

from auth_pins.api import ROUTERS
from auth_pins.commands.passwords import Forgotten
from auth_pins.commands.upkeep import Upkeep
from auth_pins.consumers import listen
from auth_pins.desk import Desk
from auth_pins.hashing import Hashing
from auth_pins.issuers import Issuers
from auth_pins.places import Places
from auth_pins.settings import AuthPinsSettings
from auth_pins.tokens import Tokens
from auth_pins.turns import Turns
from kit import audit, parked
from kit.app import Service
from kit.http import Peer, Upstream
from kit.mail import Mail
from kit.serving import serve


def build(settings: AuthPinsSettings) -> Service:
    """The whole service, ready to be served."""
    service = Service(settings, title="Punchcard auth-pins")
    assert service.listener is not None

    programs = Upstream("programs", settings.programs_url, settings.upstream_timeout_ms)
    places = Places(service.work, Peer(programs, service.signer).state)
    listen(service.listener, places)
    service.background("projection", places.projection.run)
    service.ready_when("projection", lambda: places.projection.loaded)
    service.at_close(programs.close)

    hashing = Hashing(settings)
    service.at_close(hashing.close)

    mail = Mail(service.work, settings)
    service.background("mail", mail.run)

    issuers = Issuers(settings.oidc_issuers, settings.upstream_timeout_ms)
    service.background("issuers' keys", issuers.run)
    service.at_close(issuers.close)

    desk = Desk(
        settings=settings,
        work=service.work,
        idempotency=service.idempotency,
        hashing=hashing,
        places=places,
        tokens=Tokens(service.signer),
        signer=service.signer,
        turns=Turns(settings.hash_wait_ms / 1000),
        mail=mail,
        issuers=issuers,
    )
    upkeep = Upkeep(desk)
    service.background("upkeep", upkeep.run)
    service.ready_when("signing keys", upkeep.first_round.is_set)

    forgotten = Forgotten(desk)
    service.background("password resets", forgotten.run)

    service.http.state.desk, service.http.state.forgotten = desk, forgotten
    service.include(*ROUTERS, audit.router())
    service.include(parked.router())
    return service


if __name__ == "__main__":
    serve(build(AuthPinsSettings.load()))
