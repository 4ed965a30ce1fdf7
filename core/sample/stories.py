"""What happens to the leads of a slice: events and verdicts, put together and numbered at its end."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from core.sample.drawing import Draw, Numbers, as_moments, folded, rows_of, some
from core.sample.naming import word_list
from core.sample.plans import Leads
from core.sample.shares import PROGRAMS

LATE_RECORD = {0: 0.85, 1: 0.10, 9: 0.05}  # recorded at once, within a day, within nine days
UNSURE = 0.012  # verdicts that say unknown
NOTED = 0.6  # failed verdicts with a note


class Story:
    """Collects events and verdicts, and drops what would happen after the end."""

    def __init__(self, rng: np.random.Generator, end: int, leads: Leads, names: dict[str, pl.Series]):
        self.rng, self.end, self.leads, self.names = rng, end, leads, names
        self._events: list[pl.DataFrame] = []
        self._verdicts: list[pl.DataFrame] = []

    def of(self, program: str) -> tuple[np.ndarray, Leads, Draw]:
        rows = np.flatnonzero(self.leads.program == list(PROGRAMS).index(program))
        return rows, self.leads.take(rows), Draw(self.rng, len(rows))

    def event(
        self, kind: str, rows: np.ndarray, raw: np.ndarray, /, names: Sequence[str] = ("lead",),
        role: str | None = None, **columns: object,
    ) -> None:
        """One event per row of leads whose raw second comes. role: of the person who decides."""
        at = folded(raw)
        kept = np.flatnonzero(at <= self.end)
        named = {name: self.names[name].gather(rows[kept]) for name in names}
        if role:
            named["decided_by"] = some(word_list()["staff"][role], Draw(self.rng, len(kept)))
        self._add(kind, at, kept, named, columns)

    def told(self, kind: str, at: np.ndarray, /, **columns: object) -> None:
        """Events that belong to no lead; at: seconds as they are."""
        self._add(kind, at, np.flatnonzero(at <= self.end), {}, columns)

    def judge(
        self, rows: np.ndarray, raw: np.ndarray, role: str, **odds: float | np.ndarray
    ) -> dict[str, np.ndarray]:
        """Verdicts of one sitting; odds of passing per criterion. Returns per criterion who passes."""
        at = folded(raw)
        kept = np.flatnonzero(at <= self.end)
        draw = Draw(self.rng, len(kept))
        decided_by = some(word_list()["staff"][role], draw)
        recorded = self._recorded(at[kept])
        passes = {}
        for criterion, each in odds.items():
            chance = self.rng.random(len(rows))
            passes[criterion] = chance < each
            verdict = np.where(passes[criterion], 0, np.where(chance > 1 - UNSURE, 2, 1))[kept]
            noted = some(word_list()["notes"][criterion], draw)
            is_noted = (verdict == 1) & draw.chance(NOTED)
            self._verdicts.append(pl.select(
                lead=self.names["lead"].gather(rows[kept]), criterion=pl.lit(criterion),
                verdict=pl.Series(["pass", "fail", "unknown"]).gather(verdict), decided_by=decided_by,
                note=pl.when(pl.Series(is_noted)).then(noted), happened_at=pl.Series(at[kept]),
                recorded=pl.Series(recorded),
            ))
        return passes

    def events(self, numbers: Numbers) -> pl.DataFrame:
        found = pl.concat(self._events, how="diagonal").sort("happened_at", maintain_order=True)
        late = self._recorded(found["happened_at"].to_numpy())
        recorded = pl.coalesce(found["logged"], pl.Series(late)) if "logged" in found.columns else pl.Series(late)
        columns = found.drop("happened_at", "logged", strict=False).to_dict()
        return rows_of(
            "events", id=numbers.ids("E", found.height), happened_at=as_moments(found["happened_at"].to_numpy()),
            recorded_at=as_moments(pl.select(recorded).to_series().to_numpy()), **columns,
        )

    def verdicts(self, numbers: Numbers) -> pl.DataFrame:
        found = pl.concat(self._verdicts).sort("happened_at", maintain_order=True)
        return rows_of(
            "verdicts", id=numbers.ids("V", found.height), happened_at=as_moments(found["happened_at"].to_numpy()),
            recorded_at=as_moments(found["recorded"].to_numpy()), **found.drop("happened_at", "recorded").to_dict(),
        )

    def _recorded(self, at: np.ndarray) -> np.ndarray:
        draw = Draw(self.rng, len(at))
        days = np.array(list(LATE_RECORD))[draw.codes(list(LATE_RECORD.values()))]
        return np.minimum(at + draw.between(0, days), self.end)

    def _add(
        self, kind: str, at: np.ndarray, kept: np.ndarray, named: dict[str, pl.Series], columns: dict[str, object]
    ) -> None:
        if not len(kept):
            return
        filled = {
            name: value[kept] if isinstance(value, pl.Series | np.ndarray) else pl.lit(value)
            for name, value in columns.items()
        }
        filled = {name: pl.Series(value) if isinstance(value, np.ndarray) else value for name, value in filled.items()}
        self._events.append(pl.select(happened_at=pl.Series(at[kept]), type=pl.lit(kind), **named, **filled))
