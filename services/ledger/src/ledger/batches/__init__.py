"""The ledger decides in batches: what queued while the last commit ran is the next one; one transaction each.

A lane takes what waits, locks the accounts in id order, reads the clock, decides each operation in turn with
the rules of `domain` on the accounts in memory, writes everything with one statement, commits, and answers
each caller. One bad operation never spoils the others: a batch that fails as a whole is taken one by one.
"""

from ledger.batches.lane import Batches, Lane
from ledger.batches.operation import Done, Operation, Outcome, Unheard
from ledger.batches.rows import write_row

__all__ = ["Batches", "Done", "Lane", "Operation", "Outcome", "Unheard", "write_row"]
