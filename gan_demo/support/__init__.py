"""What knows nothing of GANs: atomic files, rate limits, caches, threads."""
