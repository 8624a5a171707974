"""Handlers of the HTTP routes: one module for each subject."""
