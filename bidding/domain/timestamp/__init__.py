"""Somebody else's word for when the closing, the window's end and the opening record existed (RFC 3161)."""
