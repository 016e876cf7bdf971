"""A generated two-year history of lots, for ``bidding stats --demo``: invented, from a seed, marked as such.

``plan`` draws which lots there were, ``balance`` gives them their amounts, ``enterprises`` their bidders, and
``story`` lets the domain's own decisions make the events of it.
"""
