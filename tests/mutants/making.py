"""Mutants of the domain's functions, by mutmut's operators.

mutmut makes them; its own runner is not used. It copies the project, lets every call in the domain go through a
switch, and finds tests by name; here the tests run as they are, and one function's code is exchanged.
"""

import importlib
import types
import warnings
from collections import defaultdict
from collections.abc import Callable
from difflib import unified_diff
from functools import partial
from pathlib import Path

import libcst as cst
import msgspec
from mutmut.mutation.file_mutation import create_mutations, deep_replace

DOMAIN = Path("bidding/domain")


class Mutant(msgspec.Struct, frozen=True):
    """``function``: dotted, within its module. ``number``: from 1, among the mutants of its function.

    ``before``, ``after``: a module that defines just the function (and a class around it, for ``super()``).
    """

    file: str
    function: str
    number: int
    before: str
    after: str

    @property
    def module(self) -> str:
        return ".".join(Path(self.file).with_suffix("").parts).removesuffix(".__init__")

    @property
    def name(self) -> str:
        return f"{self.module}:{self.function}:{self.number}"

    @property
    def part(self) -> str:
        """What the table counts it under: a folder of the domain, or a file that stands in none."""
        return Path(self.file).relative_to(DOMAIN).parts[0]

    @property
    def change(self) -> str:
        """Lines taken away (-) and put in their place (+)."""
        lines = unified_diff(self.before.splitlines(), self.after.splitlines(), lineterm="", n=0)
        return "\n".join(line.strip() for line in lines if not line.startswith(("---", "+++", "@@")))


def mutants_of(file: Path) -> list[Callable[[], Mutant]]:
    """All of one file, in the order of the text, each written out when it is asked for.

    None of decorated functions, none of what stands outside functions.
    """
    module, mutations, _, _ = create_mutations(str(file), file.read_text("utf-8"))
    of: dict[cst.CSTNode, list[tuple[cst.CSTNode, cst.CSTNode]]] = defaultdict(list)
    for mutation in mutations:
        if isinstance(mutation.contained_by_top_level_function, cst.FunctionDef):
            of[mutation.contained_by_top_level_function].append(
                (mutation.original_node, mutation.mutated_node)
            )
    made: list[Callable[[], Mutant]] = []
    for statement in module.body:
        if isinstance(statement, cst.ClassDef):
            functions = [(statement.name.value, one) for one in statement.body.body]
        else:
            functions = [("", statement)]
        for within, function in functions:
            for number, (node, changed) in enumerate(of.get(function, ()), start=1):
                made.append(partial(_written, str(file), within, function, number, node, changed))
    return made


def _written(
    file: str, within: str, function: cst.FunctionDef, number: int, node: cst.CSTNode, changed: cst.CSTNode
) -> Mutant:
    dotted = f"{within}.{function.name.value}".removeprefix(".")
    after = deep_replace(function, node, changed)
    return Mutant(file, dotted, number, _source(within, function), _source(within, after))


def _source(within: str, function: cst.CSTNode) -> str:
    assert isinstance(function, cst.FunctionDef)
    body: cst.FunctionDef | cst.ClassDef = function
    if within:
        body = cst.ClassDef(cst.Name(within), cst.IndentedBlock([function]))
    text: str = cst.Module([body]).code
    return text


def put_in_place(mutant: Mutant) -> None:
    """In this process the function is the mutant from now on, for whoever has imported it.

    :raises ValueError: the change took the function's hold on its class, so its code does not fit."""
    module = importlib.import_module(mutant.module)
    names = dict(vars(module))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the compiler, about the changed text
        text = "from __future__ import annotations\n" + mutant.after
        exec(compile(text, mutant.file, "exec", dont_inherit=True), names)
    made = _function(types.SimpleNamespace(**names), mutant.function)
    target = _function(module, mutant.function)
    target.__code__ = made.__code__
    target.__defaults__ = made.__defaults__
    target.__kwdefaults__ = made.__kwdefaults__


def _function(module: object, dotted: str) -> types.FunctionType:
    found = module
    for name in dotted.split("."):
        found = vars(found)[name]
    found = getattr(found, "__func__", found)  # of a class method or a static one
    assert isinstance(found, types.FunctionType), dotted
    return found
