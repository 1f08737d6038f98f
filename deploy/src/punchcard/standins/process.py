"""The process of stand-ins, which the stack keeps going: what arrives is written to a journal."""

from __future__ import annotations

import argparse
import asyncio
import time
from pathlib import Path

import uvicorn

from punchcard.embedded.wallet_identities import GOOGLE_ISSUER_ID, WalletIdentities
from punchcard.standins.apple import ApplePushStandIn, Push
from punchcard.standins.google import Arrival, google_app
from punchcard.standins.journal import Journal

#: Of a device's token so much is written down: enough to tell devices apart.
SHOWN_SIGNS = 16


async def run(
    identities: WalletIdentities, journal: Journal, apple_port: int, google_port: int, callback_url: str
) -> None:
    """Until SIGTERM or SIGINT. A port of 0: that one is not stood in for."""

    def note_push(push: Push) -> None:
        shown = push.device[:SHOWN_SIGNS]
        journal.write(at=push.at, wallet="apple", device=shown, status=push.status, reason=push.reason)

    def note_request(came: Arrival) -> None:
        what = f"{came.method} {came.id}"
        notice = "notifies" if came.notifies else ""
        journal.write(at=time.time(), wallet="google", id=what, status=came.status, reason=notice)

    apple = ApplePushStandIn(identities, note_push)
    if apple_port:
        await apple.start(apple_port)
    account = identities.google_account.read_text()
    app = google_app(account, GOOGLE_ISSUER_ID, callback_url=callback_url, hear=note_request)
    # Without Google's part it listens where nobody asks: it is what hears the signals.
    served = uvicorn.Config(app, host="127.0.0.1", port=google_port, log_level="warning", access_log=False)
    await uvicorn.Server(served).serve()
    await apple.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--identities", type=Path, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--apple-port", type=int, default=0)
    parser.add_argument("--google-port", type=int, default=0)
    parser.add_argument("--callback-url", required=True)
    given = parser.parse_args()
    identities, journal = WalletIdentities.ensure(given.identities), Journal(given.journal)
    asyncio.run(run(identities, journal, given.apple_port, given.google_port, given.callback_url))


if __name__ == "__main__":
    main()
