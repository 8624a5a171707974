"""Own images that visitors upload: stored by reference, looked at in a process of their own before a run is made."""
