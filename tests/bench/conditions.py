"""The criteria's Polars expressions as plain conditions that any rule language can say.

Called by `rivals`, once per program and set of terms. Polars knows true, false and null; most languages only true and
false. So every condition is turned into two: what it takes to be true (`_holds`), what it takes to be false
(`_is_denied`). A node is a tuple of its kind and its parts:

- values: ("col", name), ("lit", value), ("name", step), ("if", condition, value, value), ("+", value, number or value),
  ("max" or "min", value, value) of which either may be empty, ("len", list), ("count", list, condition on
  ("element",))
- conditions: ("always",), ("never",), ("known", value), ("yes", column), ("no", column), ("and", ...), ("or", ...),
  ("not", condition), ("in" or "starts", value, ("lit", ...)), and ("==", "!=", "<", "<=", ">", ">=") of two values.
  Where one of them may be empty, ("known", ...) stands before it; not before `==` and `in`, which emptiness fails.

Days and instants are numbers here. What no rule language has, shifting a day by calendar months, is reckoned
beforehand (`Plan.ready`) and costs the rivals nothing.
"""

import functools
import io
import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

import polars as pl

Node = tuple

ALWAYS, NEVER = ("always",), ("never",)
COMPARED = {"Eq": "==", "NotEq": "!=", "Lt": "<", "LtEq": "<=", "Gt": ">", "GtEq": ">="}
OPPOSITE = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"}


@dataclass(frozen=True)
class Plan:
    """Criteria as steps in order: each a name and a value, later ones naming earlier ones.

    verdicts: names of the steps that are verdicts. columns: facts that the steps read. ready: columns to be added to
    the facts beforehand.
    """

    steps: dict[str, Node]
    verdicts: tuple[str, ...]
    columns: tuple[str, ...]
    ready: dict[str, pl.Expr]


def plan(verdicts: Mapping[str, pl.Expr], never_empty: Collection[str] = ()) -> Plan:
    """The plan of a program's verdicts, by name. What several criteria or cases read becomes a step of its own.

    never_empty: facts that every lead has, so that no rival need ask. Raises ValueError for an expression of a kind
    that no criterion has used so far.
    """
    reader = _Reader(frozenset(map(plain_name, never_empty)), {})
    values = {
        name: _value(reader.read(json.loads(verdict.meta.serialize(format="json"))))
        for name, verdict in verdicts.items()
    }
    steps = _in_steps(values)
    columns = sorted({node[1] for step in steps.values() for node in _within(step) if node[0] in ("col", "yes", "no")})
    return Plan(steps, tuple(values), tuple(columns), reader.ready)


def plain_name(column: str) -> str:
    """A facts column as rule languages can name it: to them a dot is a step into an object."""
    return column.replace(".", "__")


# From Polars' own notation


@dataclass(frozen=True)
class _Reader:
    """Reads an expression as Polars writes it, with null still a third answer; ("sure", name) is a column without any.

    never_empty: names of such columns. ready: grows by the columns that have to be made ready.
    """

    never_empty: frozenset[str]
    ready: dict[str, pl.Expr]

    def read(self, found: Mapping | str) -> Node:
        """The node of an expression."""
        if found == "Element":
            return ("element",)
        (kind, parts), = found.items()
        if kind == "Column":
            name = plain_name(parts)
            return ("sure" if name in self.never_empty else "col", name)
        if kind == "Literal":
            return ("lit", _literal(parts))
        if kind == "Cast":  # days and the days after which they come are numbers here already
            return self.read(parts["expr"])
        if kind == "BinaryExpr":
            names = {**COMPARED, "And": "and", "Or": "or", "Plus": "+"}
            return (_among(names, parts["op"]), self.read(parts["left"]), self.read(parts["right"]))
        if kind == "Ternary":
            return ("if", *(self.read(parts[name]) for name in ("predicate", "truthy", "falsy")))
        if kind == "Eval":
            return ("eval", self.read(parts["expr"]), self.read(parts["evaluation"]))
        if kind == "Function":
            return self._function(parts["function"], [self.read(part) for part in parts["input"]])
        raise _untranslated(kind)

    def _function(self, named: object, parts: list[Node]) -> Node:
        name = named
        while isinstance(name, dict):  # {"Boolean": {"IsIn": {...}}}
            room, name = next(iter(name.items()))
            if room == "IsIn":
                name = room
        if name == "OffsetBy":
            return self._shifted(parts[0], parts[1][1])
        if name == "IsNotNull":
            return ("not", ("null", *parts))
        if name in ("MaxHorizontal", "MinHorizontal"):
            return functools.reduce(lambda one, other: (name[:3].lower(), one, other), parts)
        if name == "Sum" and parts[0][0] == "eval":
            return ("count", *parts[0][1:])
        names = {"IsNull": "null", "FillNull": "fill", "Coalesce": "fill", "Not": "not", "AnyHorizontal": "or",
                 "AllHorizontal": "and", "IsIn": "in", "StartsWith": "starts", "Length": "len"}
        return (_among(names, name), *parts)

    def _shifted(self, day: Node, offset: str) -> Node:
        """A day some days later is a sum; some months later, a column that is made ready."""
        if not offset.endswith("mo"):
            return ("+", day, ("lit", int(offset.removesuffix("d"))))
        kind, column = day
        name = f"{column}__{offset.replace('-', 'minus_')}"
        self.ready[name] = pl.col(column).dt.offset_by(offset)
        return (kind, name)


def _among(names: Mapping[str, str], name: object) -> str:
    if name not in names:
        raise _untranslated(name)
    return names[name]


def _untranslated(kind: object) -> ValueError:
    return ValueError(f"A criterion uses {kind}, which tests/bench/conditions.py cannot translate yet.")


def _literal(found: Mapping) -> object:
    (_, value), = found.items()
    (dtype, value), = value.items()
    if dtype == "Null":
        return None
    if dtype == "List":
        return tuple(pl.read_ipc_stream(io.BytesIO(bytes(value))).to_series().to_list())
    return value


# From three answers to two


@functools.cache
def _value(node: Node) -> Node:
    """A value whose conditions have two answers."""
    kind, *parts = node
    if kind == "if":
        return _if(_holds(parts[0]), _value(parts[1]), _value(parts[2]))
    if kind == "fill":
        return _if(_is_known(parts[0]), _value(parts[0]), _value(parts[1]))
    if kind == "count":
        return (kind, _value(parts[0]), _holds(parts[1]))
    if kind in ("+", "max", "min", "len"):
        return (kind, *(_value(part) for part in parts))
    if kind == "sure":
        return ("col", *parts)
    if kind in ("col", "lit", "element"):
        return node
    raise _untranslated(f"{kind} as a value")


@functools.cache
def _holds(node: Node) -> Node:
    """What it takes for a condition to be true."""
    kind, *parts = node
    if kind == "lit":
        return ALWAYS if parts[0] is True else NEVER
    if kind in ("col", "sure"):
        return ("yes", parts[0])
    if kind in ("and", "or"):
        return _joined(kind, [_holds(part) for part in parts])
    if kind == "not":
        return _is_denied(parts[0])
    if kind == "null":
        return _not(_is_known(parts[0]))
    if kind == "fill":
        return _not(_is_denied(parts[0])) if _holds(parts[1]) == ALWAYS else _joined(
            "or", [_holds(parts[0]), _joined("and", [_not(_is_denied(parts[0])), _holds(parts[1])])])
    if kind in OPPOSITE:
        return _compared(kind, *parts)
    if kind == "in":
        return (kind, _value(parts[0]), parts[1])
    if kind == "starts":
        return _joined("and", [_is_known(parts[0]), (kind, _value(parts[0]), parts[1])])
    raise _untranslated(f"{kind} as a condition")


@functools.cache
def _is_denied(node: Node) -> Node:
    """What it takes for a condition to be false."""
    kind, *parts = node
    if kind == "lit":
        return ALWAYS if parts[0] is False else NEVER
    if kind == "col":
        return ("no", parts[0])
    if kind == "sure":
        return _not(("yes", parts[0]))
    if kind in ("and", "or"):
        return _joined("or" if kind == "and" else "and", [_is_denied(part) for part in parts])
    if kind == "not":
        return _holds(parts[0])
    if kind == "null":
        return _is_known(parts[0])
    if kind == "fill":
        return _not(_holds(parts[0])) if _is_denied(parts[1]) == ALWAYS else _joined(
            "or", [_is_denied(parts[0]), _joined("and", [_not(_holds(parts[0])), _is_denied(parts[1])])])
    if kind in OPPOSITE:
        return _compared(OPPOSITE[kind], *parts)
    if kind in ("in", "starts"):
        return _joined("and", [_is_known(parts[0]), _not((kind, _value(parts[0]), parts[1]))])
    raise _untranslated(f"{kind} as a condition")


def _compared(kind: str, left: Node, right: Node) -> Node:
    if kind == "==" and right[0] == "lit" and right[1] is not None and left[0] not in ("+", "len", "count"):
        return (kind, _value(left), right)
    return _joined("and", [_is_known(left), _is_known(right), (kind, _value(left), _value(right))])


@functools.cache
def _is_known(node: Node) -> Node:
    """What it takes for a value not to be empty."""
    kind, *parts = node
    if kind == "lit":
        return ALWAYS if parts[0] is not None else NEVER
    if kind in ("sure", "element"):
        return ALWAYS
    if kind == "col":
        return ("known", node)
    if kind in ("fill", "max", "min"):
        return _joined("or", [_is_known(part) for part in parts])
    if kind == "+":
        return _joined("and", [_is_known(part) for part in parts])
    if kind in ("len", "count"):
        return _is_known(parts[0])
    if kind == "if":
        condition, then, other = _holds(parts[0]), _is_known(parts[1]), _is_known(parts[2])
        if ALWAYS in (then, condition):
            return then if condition == ALWAYS else _joined("or", [condition, other])
        return _joined("or", [_joined("and", [condition, then]), _joined("and", [_not(condition), other])])
    return _joined("or", [_holds(node), _is_denied(node)])


def _if(condition: Node, then: Node, other: Node) -> Node:
    if condition == ALWAYS or then == other:
        return then
    return other if condition == NEVER else ("if", condition, then, other)


def _not(condition: Node) -> Node:
    if condition in (ALWAYS, NEVER):
        return NEVER if condition == ALWAYS else ALWAYS
    if condition[0] == "not":
        return condition[1]
    return ("not", condition)


def _joined(kind: str, parts: Iterable[Node]) -> Node:
    """All or any of some conditions, said once each, without those that decide nothing."""
    decides, idle = (NEVER, ALWAYS) if kind == "and" else (ALWAYS, NEVER)
    flat: dict[Node, None] = {}
    for part in parts:
        flat |= dict.fromkeys(part[1:] if part[0] == kind else [part])
    flat.pop(idle, None)
    if decides in flat:
        return decides
    if len(flat) < 2:
        return next(iter(flat), idle)
    return (kind, *flat)


# What is read more than once is a step of its own


def _in_steps(values: Mapping[str, Node]) -> dict[str, Node]:
    """Steps in order: a value that is chosen or counted, and read in more than one place, comes before its readers."""
    readers: Counter[Node] = Counter()
    seen: set[Node] = set()
    for value in values.values():
        readers[value] += 1
        _count_readers(value, readers, seen)
    steps: dict[str, Node] = {}
    names: dict[Node, Node] = {}

    def named(node: Node) -> Node:
        if node in names:
            return names[node]
        if node[0] == "lit":
            return node
        inner = tuple(named(part) if isinstance(part, tuple) else part for part in node)
        if node[0] in ("if", "count", "max", "min") and readers[node] > 1:
            names[node] = ("name", f"step_{len(names)}")
            steps[names[node][1]] = inner
            return names[node]
        return inner

    for name, value in values.items():
        steps[name] = named(value)
    return steps


def _count_readers(node: Node, readers: Counter[Node], seen: set[Node]) -> None:
    if node in seen:
        return
    seen.add(node)
    for part in _parts(node):
        readers[part] += 1
        _count_readers(part, readers, seen)


def _within(node: Node) -> Iterator[Node]:
    """A node and everything in it."""
    yield node
    for part in _parts(node):
        yield from _within(part)


def _parts(node: Node) -> Iterator[Node]:
    return (part for part in node[1:] if isinstance(part, tuple) and node[0] != "lit")
