"""Import and export: files of customers, history and balances, to and from the admin API."""
