"""定标: candidate publicity, objections to the result, the winner, and the notices to winner and losers."""
