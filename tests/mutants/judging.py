"""Runs mutants against the tests that reach their function, one process each.

The tests are imported and collected once. A process forked from there learns which test goes through which
function; then one is forked for each mutant. It puts the mutant in place, runs the tests that reach the
function, the most particular first (those that go through the fewest functions), and ends at the first failure.
"""

import gc
import io
import json
import os
import signal
import sys
import time
import types
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import redirect_stdout
from functools import partial
from math import inf
from pathlib import Path

import pytest
from _pytest.runner import runtestprotocol
from msgspec.structs import replace

from tests.mutants.making import Mutant, put_in_place

# No walks: how they go is chance, and each takes longer than all others together.
TESTS = (
    "tests/domain",
    *map(str, sorted(Path("tests/rules").glob("test_timeline_*.py"))),
    "tests/statistics/test_rules.py",
    "tests/statistics/test_fold.py",
    "tests/statistics/test_origin.py",
    "--ignore=tests/domain/opening/test_machine.py",
    "--ignore=tests/domain/walk",
)
# Not --tb=no: pytest has longer traces for that. The seed: what hypothesis tries is the same for every mutant.
ARGUMENTS = ("-q", "--tb=line", "--capture=no", "-p", "no:cacheprovider", "--hypothesis-seed=0")
# A mutant may take this many times as long as its tests did (and these seconds more); then it hangs: killed.
PATIENCE = 10, 20.0

KILLED, SURVIVED, HUNG, UNREACHED, UNFIT = "killed", "survived", "hung", "unreached", "unfit"
_VERDICTS = {0: SURVIVED, 1: KILLED, 3: UNFIT}

Judged = Callable[[Mutant, str], None]


class Red(Exception):
    """Without any mutant a test fails: nothing can be learnt. Says which."""


class Judge:
    """A plug-in for pytest which takes the place of its loop over the tests."""

    def __init__(
        self, mutants: Sequence[Mutant], judged: Judged, jobs: int, learnt: Path, minutes: float
    ) -> None:
        self.mutants = mutants
        self.learnt = learnt
        self.until = time.monotonic() + 60 * minutes if minutes else inf
        self.judged = judged
        self.jobs = jobs
        self.items: list[pytest.Item] = []
        self.seconds: list[float] = []
        self.weights: list[int] = []
        self.reach: dict[str, list[int]] = {}

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = session.items
        gc.collect()
        gc.freeze()  # the forks would copy every page that the collector writes to
        self._learn()
        self._control()
        running: dict[int, Mutant] = {}
        for mutant in self.mutants:
            if time.monotonic() > self.until:
                break
            tests = self.reach.get(f"{mutant.file}:{mutant.function}")
            if not tests:
                self.judged(mutant, UNREACHED)
                continue
            if len(running) == self.jobs:
                self._one_ends(running)
            limit = PATIENCE[0] * sum(self.seconds[number] for number in tests) + PATIENCE[1]
            running[_fork(partial(self._try, mutant, tests), limit)] = mutant
        while running:
            self._one_ends(running)
        return True

    def _one_ends(self, running: dict[int, Mutant]) -> None:
        child, status = os.wait()
        ended = os.waitstatus_to_exitcode(status)
        verdict = HUNG if ended == -signal.SIGALRM else _VERDICTS.get(ended, KILLED)
        self.judged(running.pop(child), verdict)

    def _try(self, mutant: Mutant, tests: list[int]) -> int:
        try:
            put_in_place(mutant)
        except ValueError:
            return 3
        return int(any(failed for _, failed in self._run(tests)))

    def _learn(self) -> None:
        """Fills ``seconds`` and ``reach``: for each function the tests through it, most particular first.

        :raises Red:"""
        if not self.learnt.exists():
            os.waitpid(_fork(self._watch, 0), 0)
        learnt = json.loads(self.learnt.read_text("utf-8"))
        if learnt["failed"]:
            self.learnt.unlink()
            raise Red("\n".join(learnt["failed"]))
        self.seconds = learnt["seconds"]
        self.weights = [len(functions) for functions in learnt["functions"]]
        reach: dict[str, list[int]] = defaultdict(list)
        for number in sorted(range(len(self.items)), key=self._weight):
            for function in learnt["functions"][number]:
                reach[function].append(number)
        self.reach = dict(reach)

    def _weight(self, number: int) -> int:
        return self.weights[number]

    def _control(self) -> None:
        """Functions exchanged for copies of themselves, and another order of the tests, must change nothing.

        :raises Red: else every verdict would be worthless."""

        def work() -> int:
            for mutant in self.mutants:
                put_in_place(replace(mutant, after=mutant.before))
            order = sorted({number for tests in self.reach.values() for number in tests}, key=self._weight)
            return int(any(failed for _, failed in self._run(order)))

        if os.waitpid(_fork(work, 0), 0)[1]:
            raise Red("exchanging functions for their own copies made a test fail")

    def _watch(self) -> int:
        root = f"{os.getcwd()}/"
        inside = f"{root}bidding/domain/"
        functions: list[list[str]] = []
        seconds: list[float] = []
        failed: list[str] = []
        reached: set[types.CodeType] = set()

        def called(frame: types.FrameType, event: str, argument: object) -> None:
            reached.add(frame.f_code)

        sys.settrace(called)
        began = time.perf_counter()
        for number, wrong in self._run(range(len(self.items))):
            sys.settrace(None)
            seconds.append(time.perf_counter() - began)
            files = (code for code in reached if code.co_filename.startswith(inside))
            functions.append(sorted({f"{code.co_filename[len(root) :]}:{_outer(code)}" for code in files}))
            reached.clear()
            if wrong:
                failed.append(self.items[number].nodeid)
            began = time.perf_counter()
            sys.settrace(called)
        sys.settrace(None)
        found = {"seconds": seconds, "functions": functions, "failed": failed}
        self.learnt.write_text(json.dumps(found), "utf-8")
        return 0

    def _run(self, tests: Sequence[int]) -> Iterator[tuple[int, bool]]:
        """Each test and whether it failed."""
        items = [self.items[number] for number in tests]
        for number, item, after in zip(tests, items, [*items[1:], None], strict=True):
            reports = runtestprotocol(item, log=False, nextitem=after)
            yield number, any(report.failed for report in reports)


def _outer(code: types.CodeType) -> str:
    """The function that ``mutants_of`` knows: nested ones count under the one that they stand in."""
    return code.co_qualname.split(".<locals>")[0]


def _fork(work: Callable[[], int], limit: float) -> int:
    """A child that does the work, ends with its answer, and is ended by an alarm after ``limit`` seconds (0: never)."""
    child = os.fork()
    if child:
        return child
    code = 1  # whatever a mutant throws out of pytest itself is a kill
    try:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, limit)
        sys.stdout = sys.stderr = io.StringIO()
        code = work()
    finally:
        os._exit(code)


def judge(mutants: Sequence[Mutant], judged: Judged, *, jobs: int, learnt: Path, minutes: float = 0) -> None:
    """Calls ``judged`` once for each, as they end. ``learnt``: where it is kept which tests reach what.

    :raises Red: the tests fail by themselves."""
    plugin = Judge(mutants, judged, jobs, learnt, minutes)
    wrong: list[BaseException] = []

    class Errors:
        def pytest_internalerror(self, excinfo: pytest.ExceptionInfo[BaseException]) -> bool:
            wrong.append(excinfo.value)
            return True

    with redirect_stdout(io.StringIO()) as said:
        ended = pytest.main([*ARGUMENTS, *TESTS], plugins=[plugin, Errors()])
    if wrong:
        raise wrong[0]
    if ended not in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED} or not plugin.items:
        raise Red(f"pytest could not collect the tests: {ended!r}\n{said.getvalue()}")
