"""履约: what the contract obliges to, delivered, accepted, invoiced and paid by its clocks (R-NB-HF-01…06)."""
