"""One bidder's sealed bid, from the first uploaded byte to its fate (R-STATE-02)."""
