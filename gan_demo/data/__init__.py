"""Data sets, drawn point sets, downloads and own images."""
