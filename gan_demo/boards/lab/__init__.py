"""Data of the components that train in the browser."""
