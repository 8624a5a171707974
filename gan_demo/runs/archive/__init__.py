"""A whole run as one zip file."""
