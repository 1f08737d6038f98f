"""Statistics: a projection of the ledger's events and of cards' states, kept as counters."""
