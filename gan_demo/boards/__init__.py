"""The data that each component of the frontend is given, one module a component."""
