"""The process of stand-ins, which the stack keeps going: what arrives is written to a journal."""

from __future__ import annotations

import argparse
import asyncio
import signal
import time
from pathlib import Path
from threading import Thread

import uvicorn

from punchcard.embedded.wallet_identities import GOOGLE_ISSUER_ID, WalletIdentities
from punchcard.standins.apple import ApplePushStandIn, Push
from punchcard.standins.google import Arrival, google_app
from punchcard.standins.journal import Journal

#: Of a device's token so much is written down: enough to tell devices apart.
SHOWN_SIGNS = 16


async def run(
    identities: WalletIdentities,
    journal: Journal,
    apple_port: int,
    google_port: int | None = None,
    callback_url: str | None = None,
) -> None:
    """Until SIGTERM or SIGINT."""

    def note(push: Push) -> None:
        journal.write(
            at=push.at,
            wallet="apple",
            device=push.device[:SHOWN_SIGNS],
            status=push.status,
            reason=push.reason,
        )

    leaving = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, leaving.set)
    apple = ApplePushStandIn(identities, note)
    await apple.start(apple_port)
    if google_port is not None:
        serve_google(identities, journal, google_port, callback_url)
    await leaving.wait()
    await apple.stop()


def serve_google(identities: WalletIdentities, journal: Journal, port: int, callback_url: str | None) -> None:
    """In a thread of its own for as long as the process lives: there the server takes no signals."""
    loop = asyncio.get_running_loop()

    def note(arrival: Arrival) -> None:
        row = {"wallet": "google", "object": arrival.id.rpartition(".")[2][:SHOWN_SIGNS]}
        row |= {"kind": arrival.kind, "method": arrival.method}
        seen = {"status": arrival.status, "notifies": arrival.notifies, "points": arrival.points}
        loop.call_soon_threadsafe(lambda: journal.write(at=time.time(), **row, **seen))

    account = identities.google_account.read_text()
    app = google_app(account, GOOGLE_ISSUER_ID, callback_url=callback_url, hear=note)
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, log_level="warning", lifespan="off", access_log=False
    )
    Thread(target=uvicorn.Server(config).run, name="google", daemon=True).start()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--identities", type=Path, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--apple-port", type=int, required=True)
    parser.add_argument("--google-port", type=int)
    parser.add_argument("--callback-url")
    given = parser.parse_args()
    identities = WalletIdentities.ensure(given.identities)
    ports = given.apple_port, given.google_port
    asyncio.run(run(identities, Journal(given.journal), *ports, given.callback_url))


if __name__ == "__main__":
    main()
