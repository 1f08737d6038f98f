"""The process of stand-ins as a member of the stack, and what the wallet is told of it."""

from __future__ import annotations

import signal
import socket
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from punchcard.embedded.process import Process, end_leftover, wait_until
from punchcard.embedded.wallet_identities import GOOGLE_ISSUER_ID, WalletIdentities
from punchcard.home import STAND_INS
from punchcard.problems import MachineCannot

NAME = STAND_INS
#: Any of these in the settings: somebody has an identity of their own.
APPLE_IDENTITY = ("APPLE_PASS_CERTIFICATE", "APPLE_PASS_KEY", "APPLE_WWDR_CERTIFICATE")
GOOGLE_IDENTITY = ("GOOGLE_ISSUER_ID", "GOOGLE_SERVICE_ACCOUNT")


def stands_in(settings: Mapping[str, str], identity: Sequence[str]) -> bool:
    """Whether these settings name nothing of that identity."""
    return not any(settings.get(name) or settings.get(f"{name}_FILE") for name in identity)


class StandIns:
    """Started, stopped, asked whether it is ready. A port of 0: that one is not stood in for."""

    def __init__(
        self,
        identities: Path,
        *,
        apple_port: int,
        google_port: int,
        callback_url: str,
        journal: Path,
        log: Path,
        record: Path,
    ) -> None:
        self.apple_port = apple_port
        self.google_port = google_port
        self._callback_url = callback_url
        self.journal = journal
        self._identities = identities
        self._process = Process(NAME, log=log, record=record)

    @property
    def name(self) -> str:
        return NAME

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        return self._process.exit_code

    def settings(self) -> dict[str, str]:
        """What the wallet is told: identities made here, and where the stand-ins listen."""
        files = WalletIdentities.ensure(self._identities)
        apple = _apple(files, self.apple_port) if self.apple_port else {}
        return apple | (_google(files, self.google_port) if self.google_port else {})

    def start(self) -> None:
        """Does not wait until it is ready: nobody needs it before the first delivery."""
        end_leftover(self._process.record, signal.SIGTERM, grace_s=5)
        WalletIdentities.ensure(self._identities)
        self._process.start(
            [
                *(sys.executable, "-m", "punchcard.standins.process"),
                *("--identities", self._identities, "--journal", self.journal),
                *("--apple-port", str(self.apple_port), "--google-port", str(self.google_port)),
                *("--callback-url", self._callback_url),
            ]
        )

    def stop(self) -> None:
        self._process.end(signal.SIGTERM, grace_s=5)

    def stop_at_once(self) -> None:
        self._process.end(signal.SIGKILL, grace_s=5)

    def kill(self) -> None:
        self._process.kill()

    def wait_end(self, timeout_s: float) -> bool:
        return self._process.wait(timeout_s)

    def is_ready(self) -> bool:
        if self.pid is None:
            return False
        return all(_listens(port) for port in (self.apple_port, self.google_port) if port)

    def wait_ready(self, timeout_s: float = 30) -> None:
        """MachineCannot with the end of its log when it ends or takes too long."""
        wait_until(lambda: self.pid is None or self.is_ready(), timeout_s=timeout_s, pause_s=0.05)
        if not self.is_ready():
            raise MachineCannot(
                f"{NAME} did not start; its log {self._process.log} ends with:\n{self._process.log_tail()}"
            )


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def _apple(files: WalletIdentities, port: int) -> dict[str, str]:
    return {
        "APPLE_PASS_CERTIFICATE_FILE": str(files.pass_certificate),
        "APPLE_PASS_KEY_FILE": str(files.pass_key),
        "APPLE_WWDR_CERTIFICATE_FILE": str(files.authority),
        "APPLE_PUSH_CA_FILE": str(files.authority),
        "APPLE_PUSH_URL": f"https://127.0.0.1:{port}",
    }


def _google(files: WalletIdentities, port: int) -> dict[str, str]:
    base = f"http://127.0.0.1:{port}"
    return {
        "GOOGLE_ISSUER_ID": GOOGLE_ISSUER_ID,
        "GOOGLE_SERVICE_ACCOUNT_FILE": str(files.google_account),
        "GOOGLE_API_URL": f"{base}/walletobjects/v1",
        "GOOGLE_TOKEN_URL": f"{base}/token",
        "GOOGLE_CALLBACK_KEYS_URL": f"{base}/gp/m/issuer/keys",
        "GOOGLE_SAVE_URL": f"{base}/gp/v/save",
    }
