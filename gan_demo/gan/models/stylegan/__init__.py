"""Generators of the StyleGAN family, for inference: StyleGAN2, its variant by lucidrains, StyleGAN3 and R3GAN."""
