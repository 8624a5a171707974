"""A run on disk, and who owns it."""
