"""Credit lists: who stands in which, what that does and by which basis, and when it ends (R-CRDT-01, R-NB-SS-02…04)."""
