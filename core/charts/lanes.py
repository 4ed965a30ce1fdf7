"""Swim lanes: who claimed one organization when, who held it until when, and what we did ourselves, on one time axis.

Called by the page of conflicts with the rows of core/conflicts/marks.py. Marks differ by shape before colour; a label
stands beside its mark on the side that is free, or not at all.
"""

import datetime as dt

import altair as alt
import polars as pl

from core.charts import SMALL, palette, plain

LANE_HEIGHT, AROUND = 42, 84
"""Pixels of a lane, and of axis, legend and the label above the plot together."""
PLOT_WIDTH, NARROW = 760, 420
"""Pixels that the time axis is taken to have where labels are placed, and has on a narrow screen; on a wider one they
stand further apart. Labels that find no room on a narrow one are drawn where the axis is as long as was taken."""
LETTER, NEAR, GAP = 6.6, 12, 11
SHAPES = {"Submitted": ("circle", "gray"), "Accepted": ("diamond", "teal"), "Rejected": ("cross", "red"),
          "Withdrawn": ("square", "gray"), "Lapsed": ("triangle-down", "violet"),
          "Ownership ends": ("triangle-left", "amber")}
BARS = ("Waits for our answer", "Owns", "Look-back window")
AHEAD_DAYS, MARGIN = 62, 0.03
STEPS = (1, 2, 3, 6, 12)
PICK, NO_LEAD = "pick", "none"
"""The name of what a click selects, by `lead`; and the lead of a mark that belongs to none."""
MOST_MONTHS = 16


def lanes(marks: pl.DataFrame, names: list[str], as_of: dt.datetime, theme: str | None) -> alt.TopLevelMixin:
    """The chart. marks: core/conflicts/marks.MARKS; names: the lanes from top to bottom; as_of: by the same clock."""
    first, last = _span(marks, as_of)
    rows = _placed(_without_near(marks.to_dicts(), first, last), first, last)
    colours = palette(theme)
    months = (last.year - first.year) * 12 + last.month - first.month
    step = next(one for one in STEPS if months / one <= MOST_MONTHS or one == STEPS[-1])
    label = "utcFormat(datum.value, utcFormat(datum.value, '%m') == '01' ? '%b %Y' : '%b')"
    x = alt.X("begins_at:T", title=None, scale=alt.Scale(type="utc", nice=False),
              axis=alt.Axis(grid=True, tickCount={"interval": "month", "step": step}, labelExpr=label,
                            labelOverlap="greedy"))
    y = alt.Y("lane:N", title=None, sort=names, scale=alt.Scale(domain=names), axis=alt.Axis(
        labelColor=colours.text, labelLimit=190, labelPadding=12))
    hover = [alt.Tooltip(f"{name}:N", title=title) for name, title in
             (("what", "What"), ("when", "When"), ("by", "Partner"), ("clause", "Clause"), ("lead", "Lead"))]
    base = alt.Chart().encode(y=y, tooltip=hover)  # the rows stand in the chart once, not in every layer
    at = base.encode(x=x)
    bar = at.encode(x2="ends_at:T")
    present = [name for name in SHAPES if any(row["what"] == name for row in rows)]
    points = alt.Legend(orient="bottom", direction="horizontal", columnPadding=18, symbolSize=110, offset=4)
    layers = {
        "Look-back window": [
            bar.mark_bar(height=30, cornerRadius=3, filled=True, fill=colours.shade, fillOpacity=0.35,
                         stroke=colours.quiet, strokeDash=[4, 3], strokeWidth=1),
            at.mark_text(align="left", dy=-22, dx=2, fontSize=SMALL, color=colours.quiet).encode(text="label:N")],
        "Waits for our answer": [
            bar.mark_bar(height=20, cornerRadius=3, color=colours.shade, stroke=colours.gray, strokeWidth=0.6)],
        "Owns": [
            bar.mark_bar(height=24, cornerRadius=3, color=colours.tint, stroke=colours.blue, strokeWidth=0.8)],
        "activity": [at.mark_tick(thickness=2, size=16, color=colours.gray)],
        "moment": [at.mark_point(filled=True, size=125, opacity=1).encode(
            shape=alt.Shape("what:N", scale=alt.Scale(domain=present, range=[SHAPES[one][0] for one in present]),
                            legend=points),
            color=alt.Color("what:N", scale=alt.Scale(
                domain=present, range=[getattr(colours, SHAPES[one][1]) for one in present]), legend=points))],
    }
    pick = alt.selection_point(name=PICK, fields=["lead"])
    words = {
        "inside": at.mark_text(align="left", dx=GAP, fontWeight=600), "right": at.mark_text(align="left", dx=GAP),
        "left": at.mark_text(align="right", dx=-GAP),
    }
    chart = alt.layer(
        *(layer.transform_filter(f"datum.kind == '{kind}'").add_params(pick)
          for kind, each in layers.items() for layer in each if any(row["kind"] == kind for row in rows)),
        *(text.encode(text="label:N").transform_filter(
            f"datum.side == '{side}' && width >= datum.fits") for side, text in words.items()
          if any(row["side"] == side for row in rows)),
        *_as_of(as_of, (first, last), x, colours.rule), data=alt.InlineData(values=rows), width="container",
        height=LANE_HEIGHT * len(names) + AROUND,
    )
    return plain(chart, theme)


def _as_of(as_of: dt.datetime, span: tuple[dt.datetime, dt.datetime], x: alt.X, colour: str) -> list[alt.Chart]:
    """The rule of the day that is shown, its label above the plot; and the ends of the axis, which nothing marks."""
    def base(*instants: dt.datetime) -> alt.Chart:
        return alt.Chart(alt.InlineData(values=[
            {"begins_at": _text(one), "label": f"As of {one.day} {one:%b}"} for one in instants])).encode(x=x)

    # Reading an axis with bars, Vega complains where its ends are given as such
    return [base(*span).mark_point(opacity=0), base(as_of).mark_rule(color=colour, strokeWidth=2),
            base(as_of).mark_text(color=colour, fontWeight=600, dy=-8).encode(y=alt.value(0), text="label:N")]


def _span(marks: pl.DataFrame, as_of: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """First and last instant of the axis: the future begins right of today, and at least two months of it are seen."""
    begins, ends = marks["begins_at"].min() or as_of, marks["ends_at"].max() or as_of
    last = max(as_of, ends, marks["begins_at"].max() or as_of)
    margin = (last - begins) * MARGIN
    return begins - margin, max(last + margin, as_of + dt.timedelta(AHEAD_DAYS))


def _without_near(rows: list[dict], first: dt.datetime, last: dt.datetime) -> list[dict]:
    """The marks without submissions that lie on their own decision, whose label then says both."""
    nearness = (last - first) * (NEAR / PLOT_WIDTH)
    decided = {row["lead"]: row for row in reversed(rows) if row["what"] in ("Accepted", "Rejected", "Withdrawn")}
    kept = []
    for row in rows:
        decision = decided.get(row["lead"]) if row["what"] == "Submitted" else None
        if decision is None or decision["begins_at"] - row["begins_at"] > nearness:
            kept.append(dict(row))
    return kept


def _placed(rows: list[dict], first: dt.datetime, last: dt.datetime) -> list[dict]:
    """The rows with texts for the hover, and `side`: where the label finds room (inside, right, left, none).

    fits: how many pixels the axis must have for it.
    """
    sides: dict[int, tuple[str, int]] = {}
    for width, fits in ((NARROW, 0), (PLOT_WIDTH, PLOT_WIDTH)):
        _place(rows, (first, last), width, fits, sides)
    return [_drawn(row, *sides.get(one, ("none", 0))) for one, row in enumerate(rows)]


def _place(rows: list[dict], span: tuple[dt.datetime, dt.datetime], width: int, fits: int,
           sides: dict[int, tuple[str, int]]) -> None:
    """Add to `sides` the labels that find room on an axis of so many pixels, beside those that have a side already."""
    def across(instant: dt.datetime) -> float:
        return (instant - span[0]) / (span[1] - span[0]) * width

    taken: dict[str, list[tuple[float, float]]] = {}
    for row in rows:
        if row["what"] in SHAPES:
            place = across(row["begins_at"])
            taken.setdefault(row["lane"], []).append((place - 6, place + 6))

    def options(row: dict) -> dict[str, tuple[float, float]]:
        place, long = across(row["begins_at"]), len(row["label"]) * LETTER
        beside = {"right": (place + GAP - 2, place + GAP + long), "left": (place - GAP - long, place - GAP + 2)}
        if row["what"] != "Owns":
            return beside
        return {"inside": beside["right"]} if across(row["ends_at"]) - place > long + 2 * GAP else {}

    def is_free(lane: str, begin: float, end: float) -> bool:
        return begin >= 0 and end <= width and not any(
            begin < other_end and end > other_begin for other_begin, other_end in taken.get(lane, []))

    for one, (side, _) in sides.items():
        taken.setdefault(rows[one]["lane"], []).append(options(rows[one])[side])
    order = sorted(range(len(rows)), key=lambda one: (rows[one]["what"] != "Owns", "decide" not in rows[one]["label"],
                                                      rows[one]["what"] == "Submitted", rows[one]["begins_at"]))
    owned = {rows[one]["lead"] for one, (side, _) in sides.items() if side == "inside"}
    for one in order:
        row = rows[one]
        if one in sides or not row["label"] or row["what"] == "Look-back window":
            continue
        if row["what"] == "Accepted" and row["lead"] in owned:
            continue  # the bar says since when
        for side, (begin, end) in options(row).items():
            if is_free(row["lane"], begin, end):
                sides[one] = (side, fits)
                taken.setdefault(row["lane"], []).append((begin, end))
                owned |= {row["lead"]} if side == "inside" else set()
                break


def _drawn(row: dict, side: str, fits: int) -> dict:
    """One row as the chart reads it: instants as texts that no time zone of the browser moves."""
    until = f" to {_written(row['ends_at'])}" if row["ends_at"] else ""
    return {
        "lane": row["lane"], "what": row["what"], "begins_at": _text(row["begins_at"]),
        "ends_at": row["ends_at"] and _text(row["ends_at"]), "label": row["label"], "side": side, "fits": fits,
        "kind": "moment" if row["what"] in SHAPES else row["what"] if row["what"] in BARS else "activity",
        "when": f"{_written(row['begins_at'])}{until}", "clause": row["clause"] or "none", "by": row["partner"] or "",
        "lead": row["lead"] or NO_LEAD,
    }


def _text(instant: dt.datetime) -> str:
    return f"{instant:%Y-%m-%dT%H:%M:%S}Z"


def _written(instant: dt.datetime) -> str:
    return f"{instant.day} {instant:%b %Y, %H:%M}"
