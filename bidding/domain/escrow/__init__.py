"""Key policy P2: trustees who can open a bid whose bidder or whose office cannot (R-BID-07, R-PAIN-04; 20号令 31)."""
