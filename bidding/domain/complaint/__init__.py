"""投诉: complaints to the supervising authority, taken in, examined and decided on the platform (R-PLAT-02)."""
