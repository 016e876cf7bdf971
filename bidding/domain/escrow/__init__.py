"""Key policies P2 and P3: trustees who open a bid where others cannot, or alone (R-BID-06, R-BID-07; 20号令 31)."""
