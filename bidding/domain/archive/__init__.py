"""How long a lot's files are kept, and what becomes of them afterwards (R-GP-18, R-ARCH-01)."""
