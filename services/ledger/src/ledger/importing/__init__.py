"""Import: rows of the past and balances brought along, taken in chunks, each row once by its reference."""
