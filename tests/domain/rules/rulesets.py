"""The newest shipped rule set of each regime, for tests that do not care which version it is."""

from datetime import UTC, datetime

from bidding.application.rulesets import load_rulesets
from bidding.domain.regime import Regime
from bidding.domain.ruleset import choose

ENG = choose(load_rulesets(), Regime.ENG, datetime(2026, 5, 1, tzinfo=UTC))
GP = choose(load_rulesets(), Regime.GP, datetime(2026, 5, 1, tzinfo=UTC))
