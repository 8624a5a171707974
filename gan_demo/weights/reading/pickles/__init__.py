"""Instructions of pickles, the memory that their values may take, and the functions in them that are known."""
