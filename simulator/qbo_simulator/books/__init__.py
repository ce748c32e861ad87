"""The arithmetic of the books: money, tax, double entries, balances."""
