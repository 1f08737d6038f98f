"""How the files of tests go to several workers: the first goes through them forwards, the second backwards.

In their order the quick tests come first and those that kill a platform last (see testing.py). So one worker
has much to do while the other waits a lot, and they meet where both have the whole platform.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController


class FromBothEnds(LoadScopeScheduling):  # type: ignore[misc] # xdist ships no types
    """A file stays whole: what its tests share is made once."""

    def _split_scope(self, nodeid: str) -> str:
        return nodeid.partition("::")[0]

    def _assign_work_unit(self, node: WorkerController) -> None:
        """Every second worker takes from the end."""
        if int(node.gateway.id.removeprefix("gw")) % 2:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)
