"""The generated two years, made once."""

import pytest

from bidding.application.statistics import Folded, PublicEvent, Statement, fold, statement
from bidding.stage.dataset import two_years


@pytest.fixture(scope="session")
def events() -> tuple[PublicEvent, ...]:
    return two_years()


@pytest.fixture(scope="session")
def folded(events: tuple[PublicEvent, ...]) -> Folded:
    return fold(events)


@pytest.fixture(scope="session")
def said(folded: Folded) -> Statement:
    return statement(folded)
