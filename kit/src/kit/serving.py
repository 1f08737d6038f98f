"""How a service is served: on its address and its socket, until it is told to end."""

from __future__ import annotations

import signal
import socket
import sys
from types import FrameType

import uvicorn

from kit import telemetry
from kit.app import Service
from kit.guarded import GuardedProtocol
from kit.settings import ServiceSettings


def serve(service: Service) -> None:
    """Serve until SIGTERM or SIGINT: stop taking, finish, relay, leave."""
    settings = service.settings
    telemetry.start_logs(service.name, settings.log_level)
    # The server raises a signal that it took once more when all is done: that end is a clean one.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(0))
    config = uvicorn.Config(
        service.app,
        loop="uvloop",
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=2048,
        timeout_keep_alive=75,
        timeout_graceful_shutdown=int(settings.shutdown_grace_s),
    )
    _Server(config, service).run(sockets=_listen(settings))


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, service: Service) -> None:
        super().__init__(config)
        self._service = service

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._service.leaving = True
        super().handle_exit(sig, frame)


def _listen(settings: ServiceSettings) -> list[socket.socket]:
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    address = socket.socket(socket.AF_INET6 if ":" in settings.http_host else socket.AF_INET)
    address.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    address.bind((settings.http_host, settings.http_port))
    found = [address]
    if settings.http_socket:
        settings.http_socket.unlink(missing_ok=True)
        local = socket.socket(socket.AF_UNIX)
        local.bind(str(settings.http_socket))
        found.append(local)
    return found
