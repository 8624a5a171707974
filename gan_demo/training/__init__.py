"""Training a run: trainer, recorder, state, control, jobs, forks."""
