"""Apple Wallet: the pass file, and the web service and pushes by which devices follow it."""
