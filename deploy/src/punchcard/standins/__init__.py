"""Stand-ins for Apple and Google: strict, and able to fail, stall and lie when they are told to."""
