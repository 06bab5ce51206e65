"""Cells to typed values, whole columns at a time."""
