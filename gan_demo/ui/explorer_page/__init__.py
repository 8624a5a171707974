"""The Explore page: choosing a generator, the explorer in the browser, and a plain page where that cannot run."""
