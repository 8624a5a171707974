"""The form of all settings: its draft, its fields, its link, and what a training with them will take."""
