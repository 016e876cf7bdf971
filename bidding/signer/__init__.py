"""A process of its own that holds the platform's signing keys and signs for who shows its token (R-CRYP-04).

The platform's machine then has none of them; what speaks the same two requests before an HSM or KMS takes its place.

``journal``  what was signed, line by line, in the signer's own hands
``service``  the two requests over HTTP
"""
