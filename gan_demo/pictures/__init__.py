"""From samples to PNG, GIF and MP4."""
