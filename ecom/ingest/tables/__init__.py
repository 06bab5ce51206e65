"""Typed columns to canonical tables, one row for each key."""
