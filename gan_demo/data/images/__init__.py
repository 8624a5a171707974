"""Own images: folders and archives of pictures, looked at before training and read within limits."""
