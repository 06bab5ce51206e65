"""Experiments: whether a variant differs from the control, and whether the split can be trusted."""
