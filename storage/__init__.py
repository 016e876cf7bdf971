"""Storage of the platform: the event log, sessions and read models on PostgreSQL, and the object stores.

Imports nothing of ``bidding``: whoever uses it names what it needs as a ``Protocol``.
"""
