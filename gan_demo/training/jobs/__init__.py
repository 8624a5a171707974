"""Trainings in the background: jobs, the turns that they take on a device, and their manager."""
