"""Exports of shop back offices in, answers out. From a notebook: docs/api.md."""
