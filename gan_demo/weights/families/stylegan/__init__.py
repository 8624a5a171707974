"""Readings of StyleGAN2, StyleGAN3 and R3GAN weights in the namings of their authors and of two other projects."""
