"""Parts of the families: layers read off names and shapes, and the modules that they become."""
