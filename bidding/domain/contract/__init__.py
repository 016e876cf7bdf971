"""签约: the electronic contract drawn up from the winning bid, signed by both parties and filed."""
