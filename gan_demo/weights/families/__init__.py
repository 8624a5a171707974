"""Families of generators: recognised by the names and shapes of their weights, and built anew."""
