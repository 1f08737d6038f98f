"""What Punchcard's services say to each other: events, problems and money."""
