"""The wallet service: one pass a card, kept up with the ledger and delivered to wallets."""
