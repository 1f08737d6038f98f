"""The process of stand-ins, which the stack keeps going: what arrives is written to a journal."""

from __future__ import annotations

import argparse
import asyncio
import signal
from pathlib import Path

from punchcard.embedded.wallet_identities import WalletIdentities
from punchcard.standins.apple import ApplePushStandIn, Push
from punchcard.standins.journal import Journal

#: Of a device's token so much is written down: enough to tell devices apart.
SHOWN_SIGNS = 16


async def run(identities: WalletIdentities, journal: Journal, apple_port: int) -> None:
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
    await leaving.wait()
    await apple.stop()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--identities", type=Path, required=True)
    parser.add_argument("--journal", type=Path, required=True)
    parser.add_argument("--apple-port", type=int, required=True)
    given = parser.parse_args()
    asyncio.run(run(WalletIdentities.ensure(given.identities), Journal(given.journal), given.apple_port))


if __name__ == "__main__":
    main()
