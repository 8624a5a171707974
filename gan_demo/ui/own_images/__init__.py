"""The dialog of own images: where they come from, what was read of them, and the training on them."""
