"""The evaluation that pages read: kept in the database, following every change and following time.

Called by the command line after an import, by the desk inside every change, and by the app before it serves. What is
kept is at every commit what evaluating everything as of `evaluation_runs.as_of` would give. A change evaluates again
the part of the leads that is connected to the touched ones (core/facts/part); a moment that comes evaluates again what
was due by then. Sentences of single leads are computed when asked for, over the same parts.

- `whole`: everything evaluated and kept; `touched`: on which leads a change bears; `again`: those evaluated again
- `lines`: what earning lines count as, which follows from that and from the ledger
- `explaining`: single leads in words, and what would follow; `run`: the instant that all of it stands for
"""

from core.kept.again import CHANGED, forward, update
from core.kept.explaining import connected, expect, explain, explain_ahead, kept_as_of, suppose, suppose_judged
from core.kept.lines import BEARING_WIDELY, OF_LINES, count_lines
from core.kept.run import MANY, SQL, is_due, rules_digest, turns_at
from core.kept.touched import touched_by, touched_by_setting
from core.kept.whole import OWNERS, describe_programs, refresh, tables, with_due_days

__all__ = [
    "BEARING_WIDELY", "CHANGED", "MANY", "OF_LINES", "OWNERS", "SQL", "connected", "count_lines",
    "describe_programs", "expect", "explain", "explain_ahead", "forward", "is_due", "kept_as_of", "refresh",
    "rules_digest", "suppose", "suppose_judged", "tables", "touched_by", "touched_by_setting", "turns_at", "update",
    "with_due_days",
]
