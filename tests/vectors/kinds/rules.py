"""The newest rule set of each regime: a vector states constants only where they differ from it."""

from bidding.application.rulesets import load_rulesets
from bidding.domain.regime import Regime
from bidding.domain.ruleset import EngRules, GpRules, LatePayment

# load_rulesets() gives each regime's versions oldest first
ENG = [rules for rules in load_rulesets() if isinstance(rules, EngRules)][-1]
GP = [rules for rules in load_rulesets() if isinstance(rules, GpRules)][-1]


def of(regime: str) -> EngRules | GpRules:
    return ENG if Regime(regime) is Regime.ENG else GP


def late_payment() -> LatePayment:
    if ENG.late_payment is None:
        raise ValueError(f"{ENG.version} knows no late payment")
    return ENG.late_payment
