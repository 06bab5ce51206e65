"""Exports of shop back offices in, answers out. What the pages do, a notebook can; see docs/api.md."""
