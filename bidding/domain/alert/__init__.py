"""预警: a duty that is late is told to its owner, then to the unit's head, then to the supervisor (R-NB-ZX-02)."""
