"""Generators as ONNX files of any architecture, adapted to our inputs and output and run in a process of their own."""
