"""The JSON API at the door: who calls, where it goes, what goes along and what comes back."""
