"""Google Wallet: a class for each program, an object for each card, kept as the ledger has them."""
