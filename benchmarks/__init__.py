"""Measurements of speed, as ratios taken within one process: `python -m benchmarks`."""
