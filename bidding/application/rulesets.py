"""The rule sets that the package ships: ``bidding/domain/rulesets/*.toml``."""

from functools import cache
from importlib import resources

from bidding.domain.ruleset import RuleSet
from bidding.domain.rulesetfile import parse_ruleset


@cache
def load_rulesets() -> tuple[RuleSet, ...]:
    """Every version of both regimes, oldest first. Raises ``RuleSetError`` on a damaged file."""
    files = resources.files("bidding.domain").joinpath("rulesets").iterdir()
    texts = [file.read_text(encoding="utf-8") for file in files if file.name.endswith(".toml")]
    return tuple(sorted(map(parse_ruleset, texts), key=lambda rules: (rules.regime, rules.effective_from)))
