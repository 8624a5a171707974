"""What the rows of a run say: diagnosis, series, comparison, sampling."""
