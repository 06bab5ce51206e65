"""A believable seller, made up: exports to try the product with, and the truth behind them."""

from __future__ import annotations

from ecom.demo.generate import DemoExports, generate
from ecom.demo.samples import write_samples
from ecom.demo.shops import COMPANY, DOUYIN, SITE, TMALL
from ecom.demo.truth import Anomaly, Cause, Truth
from ecom.demo.write import DemoFile

__all__ = [
    "COMPANY",
    "DOUYIN",
    "SITE",
    "TMALL",
    "Anomaly",
    "Cause",
    "DemoExports",
    "DemoFile",
    "Truth",
    "generate",
    "write_samples",
]
