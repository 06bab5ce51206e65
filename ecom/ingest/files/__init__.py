"""From the bytes of any container to raw tables: cells exactly as they stand."""
