"""The training script and notebook of a run."""
