"""Scenarios: whole tenders played through the public interfaces only, by parties with keys of their own."""
