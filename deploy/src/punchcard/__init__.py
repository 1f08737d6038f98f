"""The command line of Punchcard, and the whole platform on one machine."""
