"""Pictures of samples: PNG, GIF and MP4 files, and the sample sheet of a run."""
