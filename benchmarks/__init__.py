"""Measurements; what they gave is kept in ``benchmarks/results/`` and never committed."""
