"""What may be asked: load, decide, save, state the facts."""
