"""The charts of the Pipeline page, each from a frame of `core.pipeline.Pipeline`; a click picks a mark by its name.

Called by the page. Titles and captions are text above the charts; a table beside each holds every row.
"""

import altair as alt
import polars as pl

from core.charts import LIGHT, SMALL, palette, plain
from core.pipeline.marks import AGES

PICK = "pick"
"""Name of the selection; it gives the `mark` that was clicked."""
ROW, MOST = 30, 8
"""Pixels of one bar with its room, and bars of a chart that has many."""
LABEL, KEY = 230, 42
"""Pixels of the longest label, and of a legend or an axis above the marks."""


def _picked(chart: alt.Chart) -> alt.Chart:
    return chart.add_params(alt.selection_point(name=PICK, fields=["mark"]))


def _bars(frame: pl.DataFrame, theme: str | None, value: str, colour: str | alt.Color, tooltip: list[alt.Tooltip],
          label: str = "name") -> alt.TopLevelMixin:
    """Horizontal bars in the order of the frame, with `said` at their ends. colour: with a legend, or one for all."""
    most = frame[value].max() or 1
    names = alt.Y(f"{label}:N", sort=None, title=None, axis=alt.Axis(labelLimit=LABEL, labelColor=palette(theme).text))
    base = alt.Chart(frame).encode(
        y=names, x=alt.X(f"{value}:Q", axis=None, scale=alt.Scale(domain=[0, most * 1.35])), tooltip=tooltip)
    bars = base.mark_bar(cornerRadiusEnd=2, size=ROW - 10, cursor="pointer").encode(
        color=alt.value(colour) if isinstance(colour, str) else colour)
    ends = base.mark_text(align="left", dx=6, fontSize=SMALL + 1).encode(text="said:N")
    height = ROW * frame.height + (0 if isinstance(colour, str) else KEY)
    return plain(alt.layer(_picked(bars), ends).properties(height=height), theme)


def funnel(frame: pl.DataFrame, theme: str | None) -> alt.TopLevelMixin:
    """Leads that reached each step."""
    said = frame.with_columns(said=pl.format("{} ({}%)", _thousands("leads"), _hundredths("share")))
    return _bars(said, theme, "leads", palette(theme).blue, [alt.Tooltip("name", title="Step"), _count("leads")])


def groups(frame: pl.DataFrame, theme: str | None) -> alt.TopLevelMixin:
    """The share of each group that is sales-qualified."""
    said = frame.with_columns(said=pl.format("{}% of {}", _hundredths("share"), _thousands("submitted")))
    return _bars(said, theme, "share", palette(theme).blue, [
        alt.Tooltip("name", title="Group"), _count("submitted"), _count("accepted"), _count("qualified"),
        _count("paid")])


def deaths(frame: pl.DataFrame, theme: str | None) -> alt.TopLevelMixin:
    """Rejected and expired leads by clause, the most frequent."""
    colours = palette(theme)
    said = frame.head(MOST).with_columns(said=_thousands("leads"))
    colour = alt.Color("disposition:N", legend=alt.Legend(orient="top"),
                       scale=alt.Scale(domain=["Rejected", "Expired"], range=[colours.red, colours.gray]))
    return _bars(said, theme, "leads", colour, [alt.Tooltip("name", title="Clause"), alt.Tooltip("disposition"),
                                                _count("leads")])


def stays(frame: pl.DataFrame, theme: str | None) -> alt.TopLevelMixin:
    """Days in each state: the middle as a bar, the slowest tenth as a tick."""
    colours = palette(theme)
    said = frame.with_columns(
        pl.col("median_days", "slow_days").fill_null(0.0),
        said=pl.when(pl.col("median_days").is_null()).then(pl.format("none left, {} in it", _thousands("waiting")))
        .otherwise(pl.format("{} days, slowest tenth {}; {} in it", _rounded("median_days"), _rounded("slow_days"),
                             _thousands("waiting"))))
    most = said["slow_days"].max() or 1
    base = alt.Chart(said).encode(
        y=alt.Y("name:N", sort=None, title=None, axis=alt.Axis(labelLimit=LABEL, labelColor=colours.text)),
        tooltip=[alt.Tooltip("name", title="State"), alt.Tooltip("median_days", format=".1f", title="Half, days"),
                 alt.Tooltip("slow_days", format=".1f", title="Slowest tenth, days"), _count("left"),
                 _count("waiting")])
    scale = alt.Scale(domain=[0, most])
    bars = base.mark_bar(cornerRadiusEnd=2, size=14, cursor="pointer").encode(
        x=alt.X("median_days:Q", axis=None, scale=scale), color=alt.value(colours.blue))
    ticks = base.mark_tick(thickness=2, size=20).encode(x=alt.X("slow_days:Q", scale=scale),
                                                        color=alt.value(colours.gray))
    above = base.mark_text(align="left", dy=-19, fontSize=SMALL + 1).encode(x=alt.datum(0), text="said:N")
    return plain(alt.layer(_picked(bars), ticks, above).properties(height=58 * frame.height), theme)


def clocks(frame: pl.DataFrame, theme: str | None) -> alt.TopLevelMixin:
    """Each clock as one bar of what was met, late, at risk and running."""
    colours = palette(theme)
    order = ["late", "at risk", "running", "met"]
    shown = frame.filter(pl.col("leads") > 0).with_columns(
        said=_thousands("leads"), place=pl.col("standing").replace_strict(order, range(4), return_dtype=pl.Int8))
    shown = shown.sort("name", "place", maintain_order=True).with_columns(
        share=pl.col("leads") / pl.col("leads").sum().over("name"),
        ink=pl.col("standing").replace_strict({"late": colours.ground, "at risk": LIGHT.text}, default=colours.text))
    names = frame["name"].unique(maintain_order=True).to_list()
    base = alt.Chart(shown).encode(
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelColor=colours.text)),
        x=alt.X("share:Q", axis=None, stack="zero"), order="place:Q",
        tooltip=[alt.Tooltip("name", title="Clock"), alt.Tooltip("standing"), _count("leads")])
    bars = base.mark_bar(size=26, cursor="pointer", stroke=colours.ground, strokeWidth=1).encode(color=alt.Color(
        "standing:N", sort=order, legend=alt.Legend(orient="top"),
        scale=alt.Scale(domain=order, range=[colours.red, colours.amber, colours.tint, colours.shade])))
    inside = alt.Chart(shown.with_columns(
        middle=pl.col("share").cum_sum().over("name") - pl.col("share") / 2).filter(pl.col("share") > 0.09)
    ).mark_text(fontSize=SMALL + 1).encode(
        y=alt.Y("name:N", sort=names), x="middle:Q", text="said:N",
        color=alt.Color("ink:N", scale=None, legend=None))
    return plain(alt.layer(_picked(bars), inside).properties(height=46 * shown["name"].n_unique() + KEY), theme)


def ages(frame: pl.DataFrame, theme: str | None) -> alt.TopLevelMixin:
    """Undecided leads by who works on them and bracket of age: the more, the stronger."""
    colours = palette(theme)
    names = frame["name"].unique(maintain_order=True).to_list()[:MOST]
    base = alt.Chart(frame.filter(pl.col("name").is_in(names)).with_columns(said=_thousands("leads"))).encode(
        x=alt.X("bracket:N", sort=list(AGES), title=None, scale=alt.Scale(domain=list(AGES)),
                axis=alt.Axis(orient="top", labelAngle=0)),
        y=alt.Y("name:N", sort=names, title=None, axis=alt.Axis(labelLimit=140, labelColor=colours.text)),
        tooltip=[alt.Tooltip("name", title="Who"), alt.Tooltip("bracket", title="Age"), _count("leads")])
    cells = base.mark_rect(cornerRadius=2, stroke=colours.ground, strokeWidth=3, cursor="pointer").encode(
        color=alt.Color("leads:Q", legend=None, scale=alt.Scale(
            range=[colours.shade, colours.tint], interpolate="rgb", domainMin=0)))
    return plain(alt.layer(_picked(cells), base.mark_text(fontSize=SMALL + 1).encode(text="said:N"))
                 .properties(height=40 * len(names) + KEY), theme)


def unknowns(frame: pl.DataFrame, theme: str | None) -> alt.TopLevelMixin:
    """Criteria that are unknown most often."""
    said = frame.head(MOST).with_columns(said=_thousands("leads"), key=pl.format("{} · {}", "name", "program"))
    return _bars(said, theme, "leads", palette(theme).blue,
                 [alt.Tooltip("name", title="Criterion"), alt.Tooltip("program", title="Program"), _count("leads")],
                 label="key")


def owed(frame: pl.DataFrame, theme: str | None) -> alt.TopLevelMixin:
    """Known amounts by currency and the month they are due: what is ready, and what is blocked behind it."""
    colours = palette(theme)
    known = frame.drop_nulls("amount").with_columns(
        pl.col("amount").cast(pl.Float64), key=pl.format("{}, {}", "month", "currency"), exact=_exact("amount"))
    sums = known.group_by("key", "currency", maintain_order=True).agg(pl.sum("amount")).with_columns(
        said=pl.format("{} {}", "currency", _exact("amount")))
    names = alt.Y("key:N", sort=sums["key"].to_list(), title=None,
                  axis=alt.Axis(labelLimit=LABEL, labelColor=colours.text))
    scale = alt.Scale(domain=[0, (sums["amount"].max() or 1) * 1.45])
    bars = alt.Chart(known).mark_bar(size=ROW - 10, cursor="pointer").encode(
        y=names, x=alt.X("amount:Q", axis=None, stack="zero", scale=scale),
        order=alt.Order("status:N", sort="descending"),
        color=alt.Color("status:N", legend=alt.Legend(orient="top"), scale=alt.Scale(
            domain=["ready", "blocked"], range=[colours.teal, colours.amber])),
        tooltip=[alt.Tooltip("month", title="Due"), alt.Tooltip("status"), _count("payouts"),
                 alt.Tooltip("currency"), alt.Tooltip("exact", title="Sum")])
    ends = alt.Chart(sums).mark_text(align="left", dx=6, fontSize=SMALL + 1).encode(
        y=names, x=alt.X("amount:Q", scale=scale), text="said:N")
    return plain(alt.layer(_picked(bars), ends).properties(height=ROW * sums.height + KEY), theme)


def _exact(column: str) -> pl.Expr:
    return pl.col(column).map_elements(lambda amount: f"{amount:,.2f}", return_dtype=pl.String)


def _count(column: str) -> alt.Tooltip:
    return alt.Tooltip(f"{column}:Q", format=",", title=column.replace("_", " ").capitalize())


def _thousands(column: str) -> pl.Expr:
    return pl.col(column).map_elements(lambda number: f"{number:,}", return_dtype=pl.String)


def _hundredths(column: str) -> pl.Expr:
    return (pl.col(column).fill_null(0) * 100).round(0).cast(pl.Int64)


def _rounded(column: str) -> pl.Expr:
    return pl.col(column).fill_null(0).round(1)
