"""Weights files, read and written: containers, pickle check, recognition of foreign networks, building."""
