"""Marks of the charts: the name of each, which stays the same as counts change, and the leads it stands for.

Called by the Pipeline reads. A name is written into addresses and chosen from a list, so it holds no count.
"""

import polars as pl

from core.reasons import in_words
from core.terms import catalogue

CONDITIONS = ("step", "disposition", "reason", "waits_in", "of_program", "of_partner", "of_channel", "of_month", "age",
              "worker", "place", "clock", "standing", "currency", "owed_status", "due")
"""What narrows the leads of pipeline_rows.sql."""
STEPS = ("Submitted", "Accepted or approved", "Sales-qualified", "Paid")
DIMENSIONS = {"program": "Program", "partner": "Partner", "channel": "Channel", "month": "Month"}
STATES = {"submitted": "Waiting for a first decision", "accepted": "Accepted, nothing earned yet",
          "earned": "Earned, not paid yet"}
CLOCKS = {"response_sla": "Our answer", "reply_30d": "30-day reply", "engagement_3m": "3-month limit"}
STANDINGS = ("met", "late", "at risk", "running")
AGES = ("0-7 days", "8-14 days", "15-30 days", "31-60 days", "over 60 days")
DISPOSITIONS = {"rejected": "Rejected", "expired": "Expired"}
STATUSES = {"payable": "ready", "blocked": "blocked"}
CHANNELS = {"unknown": "Channel not known"}
NOBODY, OVERDUE, NO_DAY, OTHERS = "Nobody", "Overdue", "No due day", "All others"

Marked = tuple[str | None, dict[str, object]]


def named(frames: dict[str, pl.DataFrame], now: dict, by: str) -> tuple[dict[str, pl.DataFrame], dict[str, dict]]:
    """The frames as `core.pipeline.Pipeline` holds them, and the conditions of every mark.

    frames: rows of the statements by name. now: the figures of the chosen months. by: what groups stand for.
    """
    conditions: dict[str, dict] = {}

    def marked(rows: list[tuple[Marked, dict]], schema: dict[str, type[pl.DataType]]) -> pl.DataFrame:
        for (mark, condition), _ in rows:
            if mark is not None:
                conditions[mark] = condition
        return pl.DataFrame([{"mark": mark} | row for (mark, _), row in rows], schema={"mark": pl.String} | schema)

    return {
        "funnel": marked(_funnel(now), {"name": pl.String, "leads": pl.Int64, "share": pl.Float64}),
        "groups": marked([_group(row, by) for row in frames["groups"].to_dicts()], {
            "name": pl.String, **dict.fromkeys(("submitted", "accepted", "qualified", "paid"), pl.Int64),
            "share": pl.Float64}),
        "deaths": marked([_death(row) for row in frames["deaths"].to_dicts()],
                         {"name": pl.String, "disposition": pl.String, "leads": pl.Int64}),
        "stays": marked(_stays(frames["stays"]), {"name": pl.String, "median_days": pl.Float64, "slow_days": pl.Float64,
                                                  "left": pl.Int64, "waiting": pl.Int64}),
        "clocks": marked(_clocks(frames["clocks"]), {"name": pl.String, "standing": pl.String, "leads": pl.Int64}),
        "ages": marked([_age(row) for row in frames["ages"].to_dicts()],
                       {"name": pl.String, "bracket": pl.String, "leads": pl.Int64}),
        "unknowns": marked([_unknown(row) for row in frames["unknowns"].to_dicts()],
                           {"name": pl.String, "program": pl.String, "decided_by": pl.String, "leads": pl.Int64}),
        "owed": marked(_owed(frames["owed"]), {"currency": pl.String, "month": pl.String, "status": pl.String,
                                               "payouts": pl.Int64, "amount": pl.Decimal(18, 2)}),
    }, conditions


def channel_name(channel: str) -> str:
    """A channel in words: `trial_signup` is Trial signup."""
    return CHANNELS.get(channel, channel.replace("_", " ").capitalize())


def reason_name(reason: str) -> str:
    """A reason in words, after the id of its clause where it is one."""
    is_clause = any(reason in program.clauses for program in catalogue().programs.values())
    return f"{reason} {in_words(reason)}" if is_clause else in_words(reason)


def _funnel(now: dict) -> list[tuple[Marked, dict]]:
    counts = [now[name] for name in ("submitted", "accepted", "qualified", "paid")]
    return [((f"Reached: {name}", {"step": step}), {"name": name, "leads": leads, "share": _share(leads, counts[0])})
            for step, (name, leads) in enumerate(zip(STEPS, counts, strict=True))]


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _group(row: dict, by: str) -> tuple[Marked, dict]:
    key = row["name"]
    names = {"program": lambda: catalogue().programs[key].short_name, "channel": lambda: channel_name(key),
             "partner": lambda: f"{row['partner_name']} · {key}" if row["partner_name"] else key, "month": lambda: key}
    name = OTHERS if key is None else names[by]()
    mark = None if key is None else f"{DIMENSIONS[by]}: {name}"
    counts = {one: row[one] for one in ("submitted", "accepted", "qualified", "paid")}
    return (mark, {f"of_{by}": key}), {"name": name, **counts, "share": _share(row["qualified"], row["submitted"])}


def _death(row: dict) -> tuple[Marked, dict]:
    name, word = reason_name(row["reason"]), DISPOSITIONS[row["disposition"]]
    condition = {"reason": row["reason"], "disposition": row["disposition"]}
    return (f"{word}: {name}", condition), {"name": name, "disposition": word, "leads": row["leads"]}


def _stays(frame: pl.DataFrame) -> list[tuple[Marked, dict]]:
    by_state = {row.pop("state"): row for row in frame.to_dicts()}
    return [((f"Now: {name}", {"waits_in": state}), {"name": name} | by_state[state])
            for state, name in STATES.items() if state in by_state]


def _clocks(frame: pl.DataFrame) -> list[tuple[Marked, dict]]:
    counts = {(clock, standing): leads for clock, standing, leads in frame.select("clock", "standing", "leads").rows()}
    known = [clock for clock in {**CLOCKS, **{clock: "" for clock, _ in sorted(counts)}}
             if any(own == clock for own, _ in counts)]
    found = []
    for clock in known:
        name = CLOCKS.get(clock, clock.replace("_", " ").capitalize())
        for standing in STANDINGS:
            mark = (f"{name}: {standing}", {"clock": clock, "standing": standing})
            found.append((mark, {"name": name, "standing": standing, "leads": counts.get((clock, standing), 0)}))
    return found


def _age(row: dict) -> tuple[Marked, dict]:
    bracket, worker = AGES[row["age"]], row["worker"]
    mark = f"Undecided for {bracket}: {worker or 'nobody'}"
    condition = {"age": row["age"], "worker": worker, "disposition": "pending"}
    return (mark, condition), {"name": row["worker_name"] or NOBODY, "bracket": bracket, "leads": row["leads"]}


def _unknown(row: dict) -> tuple[Marked, dict]:
    program = catalogue().programs[row["program"]].short_name
    condition = {"of_program": row["program"], "place": row["position"] + 1, "disposition": "pending"}
    return (f"Unknown: {row['label']} ({program})", condition), {
        "name": row["label"], "program": program, "decided_by": row["decided_by"], "leads": row["leads"]}


def _owed(frame: pl.DataFrame) -> list[tuple[Marked, dict]]:
    """Overdue ones together, then month by month, then those without a day; unknown amounts apart."""
    found: dict[tuple, dict] = {}
    for row in frame.to_dicts():
        month = row["due_month"]
        due = "overdue" if row["is_overdue"] else f"{month:%Y-%m}" if month else "none"
        said = {"overdue": OVERDUE, "none": NO_DAY}.get(due, due)
        status = STATUSES[row["status"]] if row["is_known"] else "amount not known"
        one = found.setdefault((row["currency"], due, status), {
            "currency": row["currency"], "month": said, "status": status, "payouts": 0, "amount": None})
        one["payouts"] += row["payouts"]
        if row["is_known"]:
            one["amount"] = (one["amount"] or 0) + row["amount"]
    payouts = frame.group_by("currency").agg(pl.sum("payouts"))
    of_currency = dict(payouts.iter_rows())
    order = sorted(found, key=lambda key: (-of_currency[key[0]], key[0], key[1] != "overdue", key[1], key[2]))
    by_word = {word: status for status, word in STATUSES.items()}
    return [((f"Due {found[key]['month'].lower()}: {key[0]}, {key[2]}",
              {"currency": key[0], "due": key[1], "owed_status": by_word.get(key[2], "unknown")}), found[key])
            for key in order]
