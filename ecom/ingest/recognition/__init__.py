"""Which export a raw table is, and which of its columns goes where."""
