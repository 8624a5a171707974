"""Classes, polls and attendance."""
