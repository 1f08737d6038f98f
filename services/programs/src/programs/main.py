"""The programs service, wired top to bottom."""

from __future__ import annotations

from kit import audit
from kit.app import Service
from kit.serving import serve
from programs.api import ROUTERS
from programs.settings import ProgramsSettings


def build(settings: ProgramsSettings) -> Service:
    # It owns what it tells and keeps no copies of others: it hears no topic.
    service = Service(settings, title="Punchcard programs", listens=False)
    service.include(*ROUTERS, audit.router())
    return service


if __name__ == "__main__":
    serve(build(ProgramsSettings.load()))
