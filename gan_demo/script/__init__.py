"""A run as a training script or a notebook that needs no gan_demo."""
