"""The rule sets that the package ships: ``bidding/domain/rulesets/*.toml``."""

from functools import cache
from importlib import resources

from bidding.application.datafiles import shipped
from bidding.domain.ruleset import RuleSet
from bidding.domain.rulesetfile import parse_ruleset


@cache
def load_rulesets() -> tuple[RuleSet, ...]:
    """Every version of both regimes, oldest first. Raises ``DataFileError`` on a damaged file."""
    names = [file.name for file in resources.files("bidding.domain").joinpath("rulesets").iterdir()]
    found = [
        shipped(parse_ruleset, "bidding.domain", "rulesets", name) for name in names if name.endswith(".toml")
    ]
    return tuple(sorted(found, key=lambda rules: (rules.regime, rules.effective_from)))
