"""Places in latent space, and pictures of what a generator makes of them."""
