"""Analysis of runs: diagnosis, series and downsampling of rows, comparison, sampling."""
