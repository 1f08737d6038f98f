"""The ledger: accounts, immutable transactions, and the rules that decide."""
