"""Benchmarks: they print tables and neither pass nor fail; see docs/benchmarks.md."""
