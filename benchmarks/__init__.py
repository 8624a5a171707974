"""Measurements, printed as ratios of what was measured in turns; docs/benchmarks.md. Nothing here passes or fails."""
