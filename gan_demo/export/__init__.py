"""What can be taken away: static site, films, script, notebook."""
