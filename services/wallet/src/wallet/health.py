"""What outcomes tell of a provider, written down for all replicas."""

from __future__ import annotations

import time
from collections.abc import Sequence

from kit.telemetry import log
from kit.work import Tx
from wallet import store
from wallet.breaker import Breaker, after, is_fault, refused_since, refuses_us, took
from wallet.domain import Never, NotNow, Outcome, Platform
from wallet.telling import plain

#: While all is well it is said this often: not with every delivery.
SAID_EVERY_S = 1.0


class ProviderHealth:
    """One replica's part in a provider's circuit breaker."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._well_until = 0.0

    async def note(self, tx: Tx, outcomes: Sequence[Outcome]) -> bool:
        """Count these outcomes; True when the provider is left alone from now on."""
        if time.monotonic() < self._well_until and not any(
            is_fault(one) or refuses_us(one) for one in outcomes
        ):
            return False
        before = await store.lock_provider(tx.conn, self._platform)
        breaker = after(before.breaker, outcomes, before.now)
        refused = refused_since(before.refused_since, outcomes, before.now)
        error = _last_error(outcomes)
        succeeded = any(map(took, outcomes))
        await store.note_provider(tx.conn, self._platform, breaker, refused, succeeded=succeeded, error=error)
        well = not breaker.faults and refused is None
        tx.after_commit(lambda: self._remember(well))
        if breaker.is_open != before.breaker.is_open:
            tx.after_commit(lambda: self._tell(breaker))
        if (refused is None) != (before.refused_since is None):
            tx.after_commit(lambda: self._tell_refused(refused is not None, error))
        return breaker.is_open

    def _remember(self, well: bool) -> None:
        self._well_until = time.monotonic() + SAID_EVERY_S if well else 0.0

    def _tell(self, breaker: Breaker) -> None:
        if breaker.is_open:
            log.error("%s is left alone: %d faults in a row", self._platform, breaker.faults)
        else:
            log.warning("%s is back: its passes are delivered again", self._platform)

    def _tell_refused(self, is_refused: bool, error: str | None) -> None:
        if is_refused:
            log.error("%s refuses our identity: %s", self._platform, error)
        else:
            log.warning("%s takes our identity again", self._platform)


def _last_error(outcomes: Sequence[Outcome]) -> str | None:
    errors = [outcome.error for outcome in outcomes if isinstance(outcome, (NotNow, Never))]
    return plain(errors[-1]) if errors else None
