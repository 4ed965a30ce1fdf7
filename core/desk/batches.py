"""Batches of payouts: prepared by one person, approved by another, above a limit by a third, then exported and locked.

Money goes out by batches alone; a single payout is a batch with one line. A batch holds the lines it pays: none stands
in two. Four eyes: nobody has to do with a batch that pays a partner they belong to; who had a part in one of its leads
(`part` in permissions.toml), also by a file they brought in, or changed how one of its payees is paid, neither approves
it nor records what became of it; whose part was in its money or its holds alone, does not approve it. Taking something
back is the same part. Who approved is looked at again before it is first given out. An approval holds for the payees'
details as they were when the batch was prepared.
"""

import datetime as dt
from collections.abc import Collection
from decimal import Decimal

import duckdb
import polars as pl

from core import ledger, people, store
from core.desk import journal
from core.desk.step import SQL, Done, Signed, Step, perform
from core.model import Refusal
from core.people import Forbidden, Guarded
from core.results import first_instant, local_day, terms_at
from core.terms import STATED_IN, catalogue


def prepare_batch(con: duckdb.DuckDBPyConnection, signed: Signed, program: str, method: str, currency: str,
                  cut_off_on: dt.date, leave_out: Collection[str], total: Decimal, number: int) -> Done:
    """Put what was earned until the end of a day into a batch, but for the lines left out; as `ledger.proposal` has it.

    total, number: of the lines as they were on the screen.
    """
    def write(step: Step) -> None:
        if program not in catalogue().programs:
            raise Refusal(f"There is no program {program}; there are {', '.join(catalogue().programs)}.")
        if taken := step.read("corrections_among.sql", ids=sorted(leave_out)):
            raise Refusal(f"{taken[0]['id']} takes {-taken[0]['amount']} {taken[0]['currency']} back: it is taken off "
                          "in the next batch that pays its payee, and not left out.")
        found = ledger.proposal(step.con, program, method, currency, cut_off_on, leave_out, step.at_instant)
        _refuse_other_totals(found.total, found.number, total, number, currency)
        if not found.number:
            raise Refusal(f"Nothing in {currency} by {method} can be paid in {program} until {cut_off_on}.")
        prepared_on = local_day(step.at_instant, terms_at(step.con, program, step.at_instant)["timezone"])
        batch = step.put("batches", {"program": program, "method": method, "currency": currency,
                                     "cut_off_on": cut_off_on, "prepared_on": prepared_on,
                                     "prepared_by": step.person.id})
        _fill(step, batch, found.lines)
        refuse_belonging(step, batch)
        step.after |= {"batch": batch, "lines": number, "total": total, "currency": currency}

    content = {"program": program, "method": method, "currency": currency, "cut_off_on": cut_off_on,
               "leave_out": sorted(leave_out), "total": total, "number": number}
    return perform(con, signed, "prepare_batch", content, write, program=program)


def _refuse_other_totals(total: Decimal, number: int, seen_total: Decimal, seen_number: int, currency: str) -> None:
    if (total, number) != (seen_total, seen_number):
        raise Refusal(f"It is {total} {currency} in {number} lines now, not {seen_total} in {seen_number}: "
                      f"{total - seen_total:+} in {number - seen_number:+} lines since you saw it. Look again.")


def _fill(step: Step, batch: str, lines: pl.DataFrame) -> None:
    """The lines of a new batch, one payment a payee, and the places they hold."""
    partners = lines["partner"].unique().to_list()
    versions = _payee_versions(step, partners)
    payments = {one: f"pay-{step.book.digest(f'{batch}/{one}')[:16]}" for one in partners}
    rows = lines.with_row_index("place").select(
        pl.format("{}-{}", pl.lit(batch), pl.col("place") + 1).alias("id"), pl.lit(batch).alias("batch"),
        pl.col("id").alias("line"), "partner", "amount",
        payment=pl.col("partner").replace_strict(payments, return_dtype=pl.String),
        payee_version=pl.col("partner").replace_strict(versions, return_dtype=pl.String),
    )
    step.put_all("batch_lines", rows)
    hold_places(step, rows)


def hold_places(step: Step, rows: pl.DataFrame) -> None:
    """Let lines stand in no other batch. rows: id (of the line in its batch), line."""
    held = rows.select("id", key=pl.format("batched/{}", "line"))
    step.take_places(held, "One of its lines stands in another batch already.")


def approve_batch(con: duckdb.DuckDBPyConnection, signed: Signed, batch: str, total: Decimal, number: int) -> Done:
    """Approve a batch as it was on the screen: another person than who prepared it; above the setting
    `second_approval_above` a second one after them. total, number: of its lines, repeated."""
    row = ledger.batch(con, batch)

    def write(step: Step) -> None:
        found = batch_of(step.con, batch, ("prepared", "approved"))
        is_second = found["approved_by"] is not None
        if is_second and (found["second_approved_by"] or not is_above(step.con, found, step.at_instant)):
            raise Refusal(f"{batch} is approved already.")
        if own := why_not_approve(found, step.person.id):
            raise Forbidden(own)
        if involved := _why_involved(step, batch, step.person, is_approval=True):
            raise Forbidden(involved)
        _refuse_other_totals(found["total"], found["lines"], total, number, found["currency"])
        refuse_unpayable(step, found)
        step.put("batch_steps", {"batch": batch, "step": "second_approved" if is_second else "approved",
                                 "person": step.person.id})
        step.after |= {"batch": batch, "total": total, "is_second": is_second,
                       "needs_second": not is_second and is_above(step.con, found, step.at_instant)}

    content = {"batch": batch, "total": total, "number": number}
    return perform(con, signed, "approve_batch", content, write, program=row and row["program"])


def why_not_approve(row: dict, person: str) -> str | None:
    """Why who prepared or approved a batch (of `ledger.batches`) does not approve it; None: they did neither."""
    if person not in (row["prepared_by"], row["approved_by"]):
        return None
    return "Who prepared or approved a batch does not approve it: another person of finance does."


def why_not_record(row: dict, person: str) -> str | None:
    """Why who approved a batch does not say what became of its payments; None: they did not."""
    if person not in (row["approved_by"], row["second_approved_by"]):
        return None
    return "Who approved a batch does not record what became of it: another person of finance does."


def needs_second_approval(con: ledger.Con, batch: str, now: dt.datetime) -> bool:
    """Whether a batch is above what one person approves and no second one has approved it. now: UTC."""
    row = ledger.batch(con, batch)
    return row is not None and row["second_approved_by"] is None and is_above(con, row, now)


def is_above(con: ledger.Con, row: dict, now: dt.datetime) -> bool:
    """Whether a batch comes to more than one person approves, by the limit of now or by that of its approval, with what
    else was prepared or approved on the day of its preparation, or on that of its approval (now, where it has none). In
    another currency than the limit's, any amount may be more."""
    approved_at = row["approved_at"] or now
    limits = [terms_at(con, row["program"], one)["second_approval_above"] for one in {now, approved_at}]
    known = [one for one in limits if one is not None]
    if not is_of_limit(row):
        return bool(known)
    return bool(known) and any(
        _total_of_day(con, row, moment) > min(known) for moment in (row["recorded_at"], approved_at))


def is_of_limit(row: dict) -> bool:
    """Whether a batch is in the currency of the limit for one person."""
    return row["currency"] == STATED_IN


def why_above(row: dict) -> str:
    """Why a batch needs a second approval, in words that go on from `it`."""
    if is_of_limit(row):
        return "is above what one person approves"
    return f"is in {row['currency']}, and what one person approves is limited in {STATED_IN} (second_approval_above)"


def _total_of_day(con: ledger.Con, row: dict, moment: dt.datetime) -> Decimal:
    """What was prepared or approved in the program and currency of a batch on the local day of a UTC instant, the batch
    with it."""
    zone = terms_at(con, row["program"], moment)["timezone"]
    day = local_day(moment, zone)
    return store.read(con, SQL / "total_of_day.sql", program=row["program"], currency=row["currency"], prepared_on=day,
                      begins_at=first_instant(day, zone), ends_at=first_instant(day + dt.timedelta(1), zone),
                      batch=row["id"])["total"][0]


def refuse_void_approval(step: Step, row: dict) -> None:
    """Raises Guarded where who approved a batch could not approve it now."""
    for name in filter(None, (row["approved_by"], row["second_approved_by"])):
        someone = people.person(step.con, name, step.at_instant)
        why = people.may(someone, "approve_batch", row["program"])
        if why := why or _why_involved(step, row["id"], someone, is_approval=True):
            raise Guarded(f"The approval of {row['id']} holds no more. {why} Take the approval back, and let another "
                          "person approve.")


def reopen_batch(con: duckdb.DuckDBPyConnection, signed: Signed, batch: str) -> Done:
    """Take the approval of a batch back, before it is given out."""
    row = ledger.batch(con, batch)

    def write(step: Step) -> None:
        batch_of(step.con, batch, ("approved",))
        refuse_belonging(step, batch)
        step.put("batch_steps", {"batch": batch, "step": "reopened", "person": step.person.id})
        step.after |= {"batch": batch}

    return perform(con, signed, "reopen_batch", {"batch": batch}, write, program=row and row["program"])


def drop_batch(con: duckdb.DuckDBPyConnection, signed: Signed, batch: str) -> Done:
    """Give a batch up before it is given out; its lines are open again."""
    row = ledger.batch(con, batch)

    def write(step: Step) -> None:
        batch_of(step.con, batch, ("prepared", "approved"))
        refuse_belonging(step, batch)
        give_up(step, batch)
        step.after |= {"batch": batch}

    return perform(con, signed, "drop_batch", {"batch": batch}, write, program=row and row["program"])


def give_up(step: Step, batch: str) -> None:
    """Let the lines of a batch stand in another."""
    free_places(step, ledger.payments(step.con, batch)["payment"].to_list())
    step.put("batch_steps", {"batch": batch, "step": "dropped", "person": step.person.id})


def batch_of(con: ledger.Con, batch: str, states: tuple[str, ...]) -> dict:
    """A batch in one of some states. Raises Refusal where there is none, or it is in another."""
    found = ledger.batch(con, batch)
    if found is None:
        raise Refusal(f"There is no batch {batch}.")
    if found["state"] not in states:
        raise Refusal(f"{batch} is {found['state']}; this takes one that is {' or '.join(states)}.")
    return found


def free_places(step: Step, payments: Collection[str]) -> None:
    """Let the lines of payments stand in another batch."""
    step.cursor.execute(store.statement(SQL / "free_places_of_lines.sql"), {"payments": list(payments)}).fetchall()


def refuse_unpayable(step: Step, row: dict) -> None:
    """Raises Refusal where a line of a batch cannot be paid any more, Guarded where how a payee is paid has changed
    since it was prepared."""
    batch = row["id"]
    wrong = [f"{row['lead']} ({row['amount']} {row['currency']}) is {row['why']}"
             for row in step.read("unpayable_lines.sql", batch=batch)]
    versions = {row["id"]: row["payee_version"] for row in step.read("partners_of_batch.sql", batch=batch)}
    now = _payee_versions(step, versions)
    changed = [f"how {one} is paid has changed" for one in versions if now[one] != versions[one]]
    if wrong := changed + wrong:
        more = f", and {len(wrong) - 3} more" if len(wrong) > 3 else ""
        why = f"Since {batch} was prepared, {'; '.join(wrong[:3])}{more}. Drop it and prepare another."
        raise Guarded(why) if changed else Refusal(why)


def _payee_versions(step: Step, partners: Collection[str]) -> dict[str, str]:
    """By partner, the version of the details by which they are paid: another one whenever its record, its recorded
    details, confirmed or not, or what was told about them changes."""
    asked = sorted(partners)
    found: dict[str, dict[str, object]] = {one: {} for one in asked}
    for one, digest in journal.row_digests(step.cursor, step.book, "partners", asked).items():
        found[one]["record"] = digest
    recorded = step.read("payee_rows.sql", partners=asked)
    digests = journal.row_digests(step.cursor, step.book, "payee_details", [row["id"] for row in recorded])
    for row in recorded:
        found[row["partner"]][row["id"]] = [digests[row["id"]], row["confirmation"]]
    for row in step.read("payee_events.sql", partners=asked):
        found[row["partner"]][row["id"]] = None
    return {one: step.book.digest(journal.plain(told))[:16] for one, told in found.items()}


def refuse_belonging(step: Step, batch: str) -> None:
    """Raises Forbidden where the person belongs to a payee of a batch."""
    if why := _why_belonging(step, batch, step.person):
        raise Forbidden(why)


def _why_belonging(step: Step, batch: str, someone: people.Person) -> str | None:
    for one in _payees(step, batch):
        if people.belongs_to(someone, one):
            return f"{someone.id} belongs to {one['partner']}, whom {batch} pays, and has nothing to do with it."
    return None


def _payees(step: Step, batch: str) -> list[dict]:
    """The payees of a batch (partner), and who is held for the same as each (id, address_key, org_key)."""
    own = [row["id"] for row in step.read("partners_of_batch.sql", batch=batch)]
    return step.read("same_partners.sql", partners=own)


def refuse_involved_in_batch(step: Step, batch: str) -> None:
    """Raises Forbidden where the person belongs to a payee, had a part in a lead of a batch, or changed how a payee is
    paid."""
    if why := _why_involved(step, batch, step.person):
        raise Forbidden(why)


def _why_involved(step: Step, batch: str, someone: people.Person, is_approval: bool = False) -> str | None:
    """Why a person has no say about a batch; None: they may. is_approval: a part in money or holds is one too."""
    if why := _why_belonging(step, batch, someone):
        return why
    actions = people.taking_part(*("lead", "money") if is_approval else ("lead",))
    if part := step.read("part_in_batch.sql", batch=batch, person=someone.id, actions=actions, is_approval=is_approval):
        return (f"{someone.id} had a part in {part[0]['lead']} ({people.deed(part[0]['what'])}), which {batch} pays: "
                "another person of finance decides.")
    payees = [row["id"] for row in _payees(step, batch)]
    if changed := step.read("payee_changed_by.sql", partners=payees, person=someone.id):
        return (f"{someone.id} changed how {changed[0]['partner']} is paid: another person of finance decides about "
                f"{batch}.")
    return None
