"""Vectors of the rule library: ``python -m tests.vectors FILE.json``."""
