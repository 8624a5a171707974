"""Generators and discriminators, one module a family."""
