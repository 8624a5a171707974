"""Latent points, and pictures of what a generator makes of them."""
