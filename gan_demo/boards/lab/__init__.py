"""Data of the lab component."""
