"""Pictures of programs: fetched once when a program changes, checked, and stored by their SHA-256."""
