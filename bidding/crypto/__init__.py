"""Sealing, key release, signatures and receipts: bytes in, bytes out; no network, no database, no clock.

The format is specified in docs/sealed-bids.md; each module carries one chapter of it.
"""
