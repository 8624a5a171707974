"""The Compare page: which runs are compared."""
