"""Speed, measured: ``python -m bench``. Ratios within one run count; machines are noisy."""
