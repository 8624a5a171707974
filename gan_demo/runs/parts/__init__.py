"""The parts of a run's folder that are files of their own: JSON, tensors, states, notes, the explorer's cache."""
