"""People and keys: users and sign-in, terminals and API keys, staff members and PINs, staff sessions."""
