"""Data sets: embedded, drawn as 2-D points, downloaded, or a person's own images."""
