"""``docs/rules.md``: the acceptance rows and every rule, with where each is enforced and which tests cite it."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from bidding.application.rulebook import Feature, Rule, Rulebook, Status
from bidding.application.rulebook.citations import NOWHERE, Places

HEAD = """\
# 规则对照 · Rules

本页由代码生成,请勿手改:`python -m bidding.application.rulebook`。数据在 `bidding/application/rulebook/rulebook.toml`,
"何处执行"与"测试"取自源文件中的引用。

Generated, not edited: `python -m bidding.application.rulebook`. Where a rule is enforced and which tests cite it is
read from the sources; *(chapter)* marks a file that cites the rule only within a range. `[M]`: article or number from
memory, to be verified before it is relied on as law.
"""

MARKS = {Status.ENFORCED: "✓", Status.IN_PART: "◐", Status.NOT_YET: "✗"}


def page(book: Rulebook, code: Mapping[str, Places], tests: Mapping[str, Places]) -> str:
    return (
        "\n".join([HEAD, *_features(book), *_rules(book, code, tests), *_uncited(book, code, tests)]).rstrip()
        + "\n"
    )


def _features(book: Rulebook) -> Iterator[str]:
    counts = {
        level: [
            sum(one.status is status for one in book.features.values() if one.level == level)
            for status in Status
        ]
        for level in ("must", "should", "could")
    }
    yield "## 验收项 · Acceptance rows\n"
    yield "| level | ✓ enforced | ◐ in part | ✗ not yet |\n|---|---|---|---|"
    for level, (done, part, not_yet) in counts.items():
        yield f"| {level} | {done} | {part} | {not_yet} |"
    yield "\n| # | 功能 · feature | level | rules | | 何处 · where, 欠缺 · missing |\n|---|---|---|---|---|---|"
    for number, feature in book.features.items():
        yield (
            f"| {number} | {feature.zh} · {feature.en} | {feature.level} | {', '.join(feature.rules)} "
            f"| {MARKS[feature.status]} | {_where(feature)} |"
        )
    yield ""


def _where(feature: Feature) -> str:
    return "<br>".join([*map(_code, feature.files), *_missing(feature)])


def _rules(book: Rulebook, code: Mapping[str, Places], tests: Mapping[str, Places]) -> Iterator[str]:
    for group, rules in groupby(book.rules.items(), key=lambda one: one[1].group):
        yield f"## {group}\n"
        yield "| rule | 内容 · what | 依据 · article | level | 何处执行 · enforced in | 测试 · tests |"
        yield "|---|---|---|---|---|---|"
        for number, rule in rules:
            places = code.get(number, NOWHERE)
            known = [_code(path) for path in rule.files if path not in places.named]
            enforced = "<br>".join([*_places(places), *known, *_missing(rule)])
            shown = "<br>".join(_places(tests.get(number, NOWHERE)))
            yield (
                f"| {number} | **{rule.title}** {rule.zh}<br>{rule.en} | {rule.article} | {rule.level} "
                f"| {enforced or '—'} | {shown or '—'} |"
            )
        yield ""


def uncited(book: Rulebook, code: Mapping[str, Places], tests: Mapping[str, Places]) -> tuple[str, ...]:
    """Rules that are carried out somewhere and that no test names, not even within a range."""
    return tuple(
        number
        for number, rule in book.rules.items()
        if (number in code or rule.files) and not tests.get(number, NOWHERE).any
    )


def _uncited(book: Rulebook, code: Mapping[str, Places], tests: Mapping[str, Places]) -> Iterator[str]:
    numbers = uncited(book, code, tests)
    if numbers:
        yield "## 没有测试引用 · No test cites it\n"
        yield "执行了而没有测试引用,只许减少。 Carried out, but cited by no test; may only shrink.\n"
        yield ", ".join(numbers)


def _places(places: Places) -> list[str]:
    """By name where there is one; a chapter's mention counts only for want of that."""
    if places.named:
        return [_code(path) for path in places.named]
    return [f"{_code(path)} *(chapter)*" for path in places.ranged]


def _code(path: str) -> str:
    return f"`{path.removeprefix('bidding/').removeprefix('tests/')}`"


def _missing(one: Rule | Feature) -> list[str]:
    return [f"欠 {one.missing_zh}<br>missing: {one.missing_en}"] if one.missing_en else []
