"""评标: the committee, its secret independent scores, rejections, price scores, ranking and report."""
