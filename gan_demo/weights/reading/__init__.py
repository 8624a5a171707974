"""Parts of the readers of weights files: archives, values of a pickle, roles of networks by their names."""
