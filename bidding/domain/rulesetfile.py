"""Reading a rule set from its TOML file (R-GEN-03)."""

from bidding.domain.datafile import damaged, fitted, require_once, tables
from bidding.domain.ruleset import EngRules, GpRules, RuleSet


def parse_ruleset(text: str) -> RuleSet:
    """A rule set from the text of one file. Raises ``DataFileError`` naming line and key."""
    found = tables(text)
    kinds: dict[object, type[EngRules] | type[GpRules]] = {"ENG": EngRules, "GP": GpRules}
    kind = kinds.get(found.get("regime"))
    if kind is None:
        raise damaged(text, f"regime must be ENG or GP, not {found.get('regime')!r}", ("regime",))
    rules = fitted(text, found, kind)
    require_once(text, "by_credit", [(one.list, one.action, one.charge) for one in rules.by_credit])
    return rules
