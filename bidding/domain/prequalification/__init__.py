"""资格预审: who may bid is settled before there is a tender document (R-ENG-05, R-GP-30)."""
