"""The Analyse page: a look inside one run, a chart at a time."""
