"""Directions of latent space that mean something."""
