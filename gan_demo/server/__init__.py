"""ASGI routes and what belongs to them."""
