"""Weights files of others: containers, pickle check, recognition, building."""
