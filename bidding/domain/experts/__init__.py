"""The expert pool (评标专家库) from which committees are drawn."""
