"""A training step of both networks, and what a page draws of them, as ONNX graphs that run without torch."""
