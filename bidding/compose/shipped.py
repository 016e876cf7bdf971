"""Every data file that the package ships, read before anything is served: a damaged one stops the start."""

from bidding.application import chronicle, messages
from bidding.application.credit import conducts, effects
from bidding.application.rulebook import rulebook
from bidding.application.rulesets import load_rulesets
from bidding.application.statistics import load_rates

LOADED = (
    load_rulesets,
    effects,
    conducts,
    load_rates,
    rulebook,
    chronicle.words,
    messages.catalogue,
    messages.words,
)


def require_shipped() -> None:
    """Raises ``DataFileError``, which names file, line and key."""
    for load in LOADED:
        load()
