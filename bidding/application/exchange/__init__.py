"""What leaves for other platforms: publications for the media, records for the public service platform.

Both are folds of public events alone (``bidding.domain.disclosure``): nothing leaves that anyone might not read here.
"""
