"""The same criteria in other tools' words: pandas, plain Python, json-logic, zen-engine.

Called by `criteria`, with a plan of `conditions`. Each rival says the plan as one who knows the tool would write it:
what is shared once, by name; pandas in whole columns with numpy.select; Python as one function over a row; json-logic
as a rule a step over the results so far; zen-engine as one expression node, whose entries read earlier ones, evaluated
in batches. Making a rival ready (compiling, loading the rules, bringing the facts into its form) is not timed.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
import polars as pl
import zen
from json_logic import jsonLogic

from tests.bench.conditions import Node, Plan

COMPARISONS = ("==", "!=", "<", "<=", ">", ">=")
BATCH = 1_000
"""Leads that zen-engine is given at once."""


@dataclass(frozen=True)
class Rival:
    """A tool: `ready` brings a plan and its facts into the tool's form and gives the run that is timed.

    The run gives the verdicts, by criterion, one number a lead. leads: how many it is measured on at most.
    """

    name: str
    leads: int
    ready: Callable[[Plan, pl.DataFrame], Callable[[], pl.DataFrame]]


def numbers(facts: pl.DataFrame) -> pl.DataFrame:
    """The facts with days, instants and amounts as plain numbers: what every rival compares fastest."""
    return facts.with_columns(pl.selectors.temporal().to_physical(), pl.selectors.decimal().cast(pl.Float64))


def _among(node: Node, words: dict[str, object]) -> object:
    if node[0] not in words:
        raise ValueError(f"A criterion uses {node[0]}, which a rival cannot say yet.")
    return words[node[0]]


# --- pandas ----------------------------------------------------------------------------------------------------------


def _pandas(plan: Plan, facts: pl.DataFrame) -> Callable[[], pl.DataFrame]:
    """One vectorised function: every step a column, every choice a numpy.select."""
    frame = numbers(facts).with_columns(pl.selectors.boolean().cast(pl.UInt8)).to_pandas()
    lines = ["def judged(facts):"]
    lines += [f"    {name} = {_columnwise(value)}" for name, value in plan.steps.items()]
    lines.append(f"    return {{{', '.join(f'{name!r}: {name}' for name in plan.verdicts)}}}")
    judged = _compiled(lines, np=np, pd=pd, counted=_counted)
    return lambda: pl.DataFrame({
        name: np.broadcast_to(column, len(frame)) for name, column in judged(frame).items()
    })


def _counted(lists: pd.Series, is_counted: Callable[[str], bool]) -> np.ndarray:
    """How many elements of each list are counted; lists have no columns of their own."""
    return np.array([sum(map(is_counted, one)) for one in lists])


def _columnwise(node: Node) -> str:
    """A node as Python source over the columns of a pandas frame, where nothing compares with an empty cell."""
    kind, *parts = node
    if kind == "lit":
        return repr(parts[0])
    if kind == "if":
        conditions, values = [], []
        while node[0] == "if":
            conditions.append(_columnwise(node[1]))
            values.append(_columnwise(node[2]))
            node = node[3]
        return f"np.select([{', '.join(conditions)}], [{', '.join(values)}], {_columnwise(node)})"
    if kind == "and":
        compared = {side for part in parts if part[0] in COMPARISONS and part[0] != "!=" for side in _bases(part)}
        parts = [part for part in parts if part[0] != "known" or part[1] not in compared]
    if kind in ("and", "or"):
        return "(" + {"and": " & ", "or": " | "}[kind].join(map(_columnwise, parts)) + ")"
    if kind == "count":
        return f"counted({_columnwise(parts[0])}, lambda element: {_rowwise(parts[1])})"
    words = {
        "col": "facts[{0!r}]", "name": "{0}", "yes": "(facts[{0!r}] == 1)", "no": "(facts[{0!r}] == 0)",
        "known": "pd.notna({0})", "not": "~{0}", "in": "np.isin({0}, {1})" if parts[0][0] == "name" else "{0}.isin({1})",
        "+": "({0} + {1})", "max": "np.fmax({0}, {1})", "min": "np.fmin({0}, {1})", "len": "{0}.str.len()",
        **{sign: f"({{0}} {sign} {{1}})" for sign in COMPARISONS},
    }
    return str(_among(node, words)).format(*(_columnwise(part) if isinstance(part, tuple) else part for part in parts))


def _bases(comparison: Node) -> list[Node]:
    return [side[1] if side[0] == "+" else side for side in comparison[1:]]


def _compiled(lines: list[str], **names: object) -> Callable:
    exec(compile("\n".join(lines), "criteria", "exec"), names)
    return names["judged"]


# --- plain Python ----------------------------------------------------------------------------------------------------


def _python(plan: Plan, facts: pl.DataFrame) -> Callable[[], pl.DataFrame]:
    """One function over a row, every choice a conditional expression."""
    rows = numbers(facts).to_dicts()
    lines = ["def judged(row):"]
    lines += [f"    {name} = {_rowwise(value)}" for name, value in plan.steps.items()]
    lines.append(f"    return ({', '.join(plan.verdicts)},)")
    judged = _compiled(lines, latest=_latest, earliest=_earliest)
    return lambda: pl.DataFrame(list(map(judged, rows)), schema=list(plan.verdicts), orient="row")


def _latest(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else max(one, other)


def _earliest(one: int | None, other: int | None) -> int | None:
    return other if one is None else one if other is None else min(one, other)


def _rowwise(node: Node) -> str:
    """A node as Python source over a row, a dictionary."""
    kind, *parts = node
    if kind == "lit":
        return repr(parts[0])
    if kind in ("and", "or"):
        return "(" + f" {kind} ".join(map(_rowwise, parts)) + ")"
    if kind == "not" and parts[0][0] == "known":
        return f"{_rowwise(parts[0][1])} is None"
    words = {
        "col": "row[{0!r}]", "name": "{0}", "element": "element", "yes": "row[{0!r}]",
        "no": "row[{0!r}] is False", "if": "({1} if {0} else {2})", "known": "{0} is not None", "not": "not {0}",
        "in": "{0} in {1}", "starts": "{0}.startswith({1})", "+": "({0} + {1})", "max": "latest({0}, {1})",
        "min": "earliest({0}, {1})", "len": "len({0})", "count": "sum(1 for element in {0} if {1})",
        **{sign: f"{{0}} {sign} {{1}}" for sign in COMPARISONS},
    }
    return str(_among(node, words)).format(*(_rowwise(part) if isinstance(part, tuple) else part for part in parts))


# --- json-logic ------------------------------------------------------------------------------------------------------


def _json_logic(plan: Plan, facts: pl.DataFrame) -> Callable[[], pl.DataFrame]:
    """One rule a step; the result of each stands beside the facts for the rules after it."""
    rows = numbers(facts).to_dicts()
    rules = {name: _rule(_without_extremes(value)) for name, value in plan.steps.items()}

    def judged(row: dict) -> tuple:
        known = dict(row)
        for name, rule in rules.items():
            known[name] = jsonLogic(rule, known)
        return tuple(known[name] for name in plan.verdicts)

    return lambda: pl.DataFrame(list(map(judged, rows)), schema=list(plan.verdicts), orient="row")


def _rule(node: Node) -> object:
    """A node as a json-logic rule."""
    kind, *parts = node
    if kind in ("col", "name", "yes"):
        return {"var": parts[0]}
    if kind == "no":
        return {"===": [{"var": parts[0]}, False]}
    if kind == "lit":
        return list(parts[0]) if isinstance(parts[0], tuple) else parts[0]
    if kind == "if":
        cases = []
        while node[0] == "if":
            cases += [_rule(node[1]), _rule(node[2])]
            node = node[3]
        return {"if": [*cases, _rule(node)]}
    rules = [_rule(part) for part in parts]
    if kind in ("and", "or", "in", "+", *COMPARISONS):
        return {kind: rules}
    one_more = {"+": [1, {"var": "accumulator"}]}
    words = {
        "element": lambda: {"var": ""}, "known": lambda: {"!==": [rules[0], None]}, "not": lambda: {"!": rules},
        "starts": lambda: {"==": [{"substr": [rules[0], 0, len(parts[1][1])]}, rules[1]]},
        "len": lambda: {"reduce": [rules[0], one_more, 0]},
        "count": lambda: {"reduce": [{"filter": rules}, one_more, 0]},
    }
    return _among(node, words)()


def _without_extremes(node: Node) -> Node:
    """A node without max and min, which fail in rule languages where a value is empty."""
    if node[0] == "lit":
        return node
    kind, *parts = (_without_extremes(part) if isinstance(part, tuple) else part for part in node)
    if kind not in ("max", "min"):
        return (kind, *parts)
    one, other = parts
    chosen = ("if", (">" if kind == "max" else "<", one, other), one, other)
    return ("if", ("not", ("known", one)), other, ("if", ("not", ("known", other)), one, chosen))


# --- zen-engine ------------------------------------------------------------------------------------------------------


def _zen(plan: Plan, facts: pl.DataFrame) -> Callable[[], pl.DataFrame]:
    """One decision with one expression node, an entry a step."""
    entries = [
        {"id": name, "key": name, "value": _expression(_without_extremes(value))} for name, value in plan.steps.items()
    ]
    nodes = [("facts", "inputNode", {}), ("criteria", "expressionNode", {"expressions": entries}),
             ("verdicts", "outputNode", {})]
    place = {"position": {"x": 0, "y": 0}}
    content = {
        "nodes": [{"id": name, "name": name, "type": kind, "content": inside, **place} for name, kind, inside in nodes],
        "edges": [{"id": one, "sourceId": one, "targetId": other, "type": "edge"}
                  for one, other in (("facts", "criteria"), ("criteria", "verdicts"))],
    }
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"criteria": content}}})
    requests = [{"key": "criteria", "context": row} for row in numbers(facts).to_dicts()]

    def judged() -> pl.DataFrame:
        answers: list[tuple] = []
        for start in range(0, len(requests), BATCH):
            for answer in engine.evaluate_batch(requests[start:start + BATCH]):
                if not answer["success"]:
                    raise ValueError(f"zen-engine failed: {answer['error']}")
                found = answer["data"]["result"]
                answers.append(tuple(found.get(name) for name in plan.verdicts))
        return pl.DataFrame(answers, schema=list(plan.verdicts), orient="row")

    return judged


def _expression(node: Node) -> str:
    """A node in zen-engine's expression language."""
    kind, *parts = node
    if kind in ("and", "or"):
        return "(" + f" {kind} ".join(map(_expression, parts)) + ")"
    if kind == "lit":
        return json.dumps(parts[0])
    words = {
        "col": "{0}", "name": "$.{0}", "element": "#", "yes": "{0} == true", "no": "{0} == false",
        "if": "({0} ? {1} : {2})", "known": "{0} != null", "not": "not ({0})", "in": "{0} in {1}",
        "starts": "startsWith({0}, {1})", "+": "({0} + {1})", "len": "len({0})", "count": "count({0}, {1})",
        **{sign: f"{{0}} {sign} {{1}}" for sign in COMPARISONS},
    }
    return str(_among(node, words)).format(*(_expression(part) if isinstance(part, tuple) else part for part in parts))


RIVALS = (
    Rival("pandas", 200_000, _pandas), Rival("plain Python rows", 50_000, _python),
    Rival("json-logic", 1_000, _json_logic), Rival("zen-engine in batch", 5_000, _zen),
)
