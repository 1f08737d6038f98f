"""Apple Wallet: the pass, the web service that devices ask, and the pushes that tell them to."""
