"""交易零成本: what waivers and online tendering saved, computed from public events (R-STAT-01…08, R-LEDG-01).

``facts`` folds the public events of a lot, ``lines`` turns the facts into amounts that each name their
events, ``figures`` sums and groups the lines. Nothing here knows where the events come from.
"""
