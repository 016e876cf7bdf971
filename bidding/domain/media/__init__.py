"""What other media show of a lot's publications (R-DOC-02)."""
