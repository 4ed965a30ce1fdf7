"""The figures and charts of the Pipeline page: each with its sentence, as a chart or a table, and as a file.

A click on a mark opens its leads below (pages/parts/pipeline_rows.py): it chooses the mark by its name, as the list
there does.
"""

import datetime as dt
from collections.abc import Collection

import polars as pl
import streamlit as st

from core import pipeline
from core.charts import pipeline as charts
from core.people import Person
from core.pipeline import Chosen, Pipeline, sentences
from core.terms import catalogue
from pages.parts import badges, database, files, grids, pipeline_filters, stories, words

MANAGERS = ("manager", "channel")
"""Roles that see every chart; finance sees what will be owed."""
HEADERS = {
    "name": "Name", "leads": "Leads", "share": "Share", "submitted": "Submitted", "accepted": "Accepted",
    "qualified": "Qualified", "paid": "Paid", "disposition": "Disposition", "median_days": "Half, days",
    "slow_days": "Slowest tenth, days", "left": "Left it", "waiting": "In it", "standing": "Standing",
    "bracket": "Age", "program": "Program", "decided_by": "Decided by", "currency": "Currency", "month": "Due",
    "status": "Status", "payouts": "Payouts", "amount": "Amount",
}
COUNTS = ("Leads", "Submitted", "Accepted", "Qualified", "Paid", "Left it", "In it", "Payouts")


def shown_to(acting: Person) -> tuple[str, ...]:
    """The charts that a person sees, in their order."""
    sees_all = any(role in MANAGERS for role, _ in acting.roles)
    return tuple(sentences.NAMES) if sees_all else ("owed",)


@st.cache_resource(max_entries=60, ttl=3600, show_spinner="The leads are counted…")
def read(chosen: Chosen, by: str, as_of: dt.datetime, is_past: bool, entry: int) -> Pipeline:
    """Everything the page shows, the same until the next change. entry: the last one of the journal."""
    past = stories.of_day(as_of, entry) if is_past else None
    return pipeline.read(database.connection(), chosen, by, as_of, past)


@st.cache_resource(max_entries=500, ttl=3600, show_spinner=False)
def drawing(name: str, theme: str | None, chosen: Chosen, by: str, as_of: dt.datetime, is_past: bool, entry: int
            ) -> dict:
    """A chart as the browser draws it: to describe all of them takes longer than to count the leads."""
    frame = getattr(read(chosen, by, as_of, is_past, entry), name)
    return getattr(charts, name)(frame, theme).to_dict()


def figures(found: Pipeline, shown: Collection[str]) -> None:
    """The figures, with their change against as many months before."""
    told = sentences.figures(found) if "funnel" in shown else [sentences.owed_figure(found)]
    with st.grid(4, min_column_width=170, gap="small"):
        for figure in told:
            with st.container(border=True):
                colour = {"up": "normal", "down": "inverse"}.get(figure.better, "off")
                st.metric(figure.name, figure.value, delta=figure.change or "nothing to compare",
                          delta_color="off" if figure.change in (None, "unchanged") else colour,
                          delta_arrow="off" if figure.change in (None, "unchanged") or not figure.better else "auto")
    if "funnel" in shown:
        st.caption(sentences.compared(found))


def downloads(found: Pipeline, shown: Collection[str]) -> None:
    """Every chart as a file, in both kinds, with the rows that its table shows."""
    with st.popover("Download", icon=":material/download:", key="downloads"):
        for name in shown:
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                words.line(text=sentences.NAMES[name])
                files.downloads(lambda name=name: _columns(getattr(found, name)), f"pipeline-{name}",
                                help=f"{sentences.NAMES[name]}, the rows of its table")


def cards(found: Pipeline, shown: Collection[str], asked: tuple) -> None:
    """Every chart in its card. asked: what `read` was asked."""
    with st.grid(min(2, len(shown)), min_column_width=430, gap="small"):
        for name in shown:
            with st.container(border=True, gap="xsmall", height="stretch"):
                _card(name, found, asked)


def _card(name: str, found: Pipeline, asked: tuple) -> None:
    frame, sentence = getattr(found, name), sentences.TITLES[name](found)
    words.subheading(sentence)
    st.caption(sentences.CAPTIONS[name])
    if name == "groups":
        pipeline_filters.ask_by()
    if st.session_state.get("tables"):
        _table(name, frame)
    elif (frame.drop_nulls("amount") if name == "owed" else frame).height:
        _chart(name, drawing(name, st.context.theme.type, *asked), sentence)
    if name == "owed":
        _what_is_not_known(found)


def _key(name: str) -> str:
    """Another key makes a chart forget its click: once the leads that it opened are closed."""
    return f"chart-{name}-{st.session_state.get('closed', 0)}"


def _chart(name: str, spec: dict, sentence: str) -> None:
    def pick() -> None:
        picked = st.session_state[_key(name)]["selection"].get(charts.PICK) or [{}]
        choose((picked[0] if isinstance(picked, list) else picked).get("mark"))

    st.vega_lite_chart(spec, theme=None, key=_key(name), on_select=pick, selection_mode=charts.PICK,
                       alt=f"{sentence}. The table holds every figure.")


def choose(mark: str | list | None) -> None:
    """Open the leads of a mark below; those of none are closed."""
    st.session_state["rows"] = mark[0] if isinstance(mark, list) else mark
    st.session_state["rows_page"] = 1


def _table(name: str, frame: pl.DataFrame) -> None:
    def pick() -> None:
        picked = st.session_state[f"table-{_key(name)}"]["selection"]["rows"]
        choose(frame["mark"][picked[0]] if picked else None)

    def opener(place: str) -> None:
        if mark := frame["mark"][int(place)]:
            st.button("Open its leads", key=f"open-{_key(name)}-{place}", on_click=choose, args=(mark,))

    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    shown, looks = _columns(_in_words(frame)), {
        **dict.fromkeys(COUNTS, number(format="localized")), "Share": number(format="%.0f%%"),
        "Amount": text(alignment="right"),
        "Half, days": number(format="%.1f"), "Slowest tenth, days": number(format="%.1f"),
    }
    if grids.is_plain():
        places = [str(place) for place in range(frame.height)]
        grids.opening(shown, places, name, sentences.NAMES[name], opener, column_config=looks)
    else:
        st.dataframe(shown, key=f"table-{_key(name)}", hide_index=True, on_select=pick, selection_mode="single-row",
                     alt=f"{sentences.NAMES[name]}; with plain lists the same as text", row_height=35,
                     height=min(38 + 35 * frame.height, 318), column_config=looks)


def _in_words(frame: pl.DataFrame) -> pl.DataFrame:
    """The figures as the charts write them; an amount that nobody can say is no number."""
    said = {
        "amount": lambda amount: "not known" if amount is None else f"{amount:,.2f}",
        "share": lambda share: None if share is None else round(share * 100),
        "decided_by": lambda who: badges.DECIDES.get(who, who),
        "month": lambda due: f"{dt.date.fromisoformat(due + '-01'):%B %Y}" if due[:1].isdigit() else due,
    }
    return frame.with_columns(pl.Series(name, [say(one) for one in frame[name]]) for name, say in said.items()
                              if name in frame.columns)


def _columns(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame under the names that people read; in a file an amount is as it was added up."""
    frame = frame.drop("mark")
    if "amount" in frame.columns:
        frame = frame.with_columns(pl.col("amount").cast(pl.String).fill_null("not known"))
    return frame.rename({name: HEADERS[name] for name in frame.columns})


def _what_is_not_known(found: Pipeline) -> None:
    """Amounts that nobody set, and the most that undecided leads would add."""
    if unknown := sentences.unknown_amounts(found):
        words.line(text=unknown)
    names = {one.id: one.short_name for one in catalogue().programs.values()}
    for said in sentences.prospects(found, names):
        words.quiet(said)
