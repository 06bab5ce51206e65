"""Checks beyond one cell: rows against each other, the table as a whole, the file and the store."""
