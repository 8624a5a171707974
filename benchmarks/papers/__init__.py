"""Mode collapse by the protocol of the papers; the command is ``python -m benchmarks.papers``."""
