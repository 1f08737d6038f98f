"""What may be asked of the programs service: load, decide, save, state the facts."""
