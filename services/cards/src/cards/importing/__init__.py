"""Import: customers with their cards, taken in chunks, each once by reference, e-mail or phone."""
