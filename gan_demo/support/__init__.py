"""General tools that know nothing of GANs: atomic files, bounded readers, rate limit, memory cache, threads."""
