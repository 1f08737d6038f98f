"""Demo data: three merchants with their stores, staff, tills and members, made through the public API."""
