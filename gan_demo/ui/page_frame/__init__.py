"""What every page has around it: the language of its document, and the files that it offers."""
