"""Whether the sample is lifelike where it matters, complete, repeatable, and fit for the database."""

import datetime as dt
import time
import unicodedata

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from core import sample, store
from core.intake import rows as intake
from core.intake.rows import SCHEMAS
from core.model import Refusal
from core.sample.leads import LETTERS
from core.sample.naming import cultures
from core.sample.parties import DISPOSABLE, FREE_MAIL, RELAY
from core.sample.shares import PROGRAMS, SPAN_DAYS

UNTIL = dt.date(2026, 3, 4)
END = dt.datetime.combine(UNTIL, dt.time(23, 59))
REFERENCES = {
    ("organizations", "parent"): "organizations", ("organization_owners", "organization"): "organizations",
    ("organization_owners", "partner"): "partners", ("organization_products", "organization"): "organizations",
    ("contacts", "org"): "organizations", ("contacts", "employer_partner"): "partners",
    ("leads", "contact"): "contacts", ("leads", "org"): "organizations", ("leads", "partner"): "partners",
    ("events", "lead"): "leads", ("events", "contact"): "contacts", ("events", "org"): "organizations",
    ("events", "partner"): "partners", ("events", "introduced_by"): "partners", ("verdicts", "lead"): "leads",
}


@pytest.fixture(scope="module")
def rows() -> intake.Rows:
    return sample.generate(3000, 7, UNTIL)


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    con = store.connect(tmp_path_factory.mktemp("sample") / "leads.duckdb")
    counts = sample.write(con, 3000, 7, UNTIL)
    yield con, counts
    con.close()


def test_same_seed_gives_the_same_rows_and_another_seed_others(rows):
    again, other = sample.generate(3000, 7, UNTIL), sample.generate(3000, 8, UNTIL)
    for table, frame in rows.items():
        assert_frame_equal(frame, again[table])
        assert not frame.equals(other[table]), table


def test_another_last_day_moves_the_sample():
    one, other = sample.generate(50, 7, UNTIL), sample.generate(50, 7, UNTIL + dt.timedelta(days=7))
    week = other["leads"]["submitted_at"] - dt.timedelta(days=7)
    assert one["leads"]["submitted_at"].to_list() == week.to_list()


@pytest.mark.parametrize("leads", [0, 1, 2, 9, 3000])
def test_columns_and_types_are_those_of_the_tables(leads, rows):
    made = rows if leads == 3000 else sample.generate(leads, 7, UNTIL)
    assert list(made) == list(SCHEMAS)
    for table, schema in SCHEMAS.items():
        assert dict(made[table].schema) == schema, table
    assert made["leads"].height == leads


def test_ids_are_unique_and_short(rows):
    for table, frame in rows.items():
        if "id" in frame.columns:
            assert frame["id"].is_unique().all() and frame["id"].null_count() == 0, table
            assert frame["id"].str.len_chars().max() <= 12, table
    for program, letter in LETTERS.items():
        assert rows["leads"].filter(program=program)["id"].str.starts_with(f"{letter}-1").all()


def test_lead_ids_follow_the_order_of_submission(rows):
    for program in PROGRAMS:
        of = rows["leads"].filter(program=program).sort("id")
        assert of["submitted_at"].is_sorted()


def test_every_reference_exists(rows):
    for (table, column), target in REFERENCES.items():
        missing = rows[table].filter(pl.col(column).is_not_null() & ~pl.col(column).is_in(rows[target]["id"].implode()))
        assert missing.is_empty(), (table, column)


def test_nothing_happens_after_the_last_day_or_is_recorded_before_it_happened(rows):
    for table, frame in rows.items():
        for name, kind in frame.schema.items():
            if kind == pl.Datetime("us") and frame[name].len() > frame[name].null_count():
                assert frame[name].max() <= END, (table, name)
        if "happened_at" in frame.columns:
            assert (frame["recorded_at"] >= frame["happened_at"]).all(), table
    assert (rows["leads"]["recorded_at"] >= rows["leads"]["submitted_at"]).all()
    assert rows["events"]["opened_on"].max() <= UNTIL
    assert rows["organization_products"]["purchased_on"].max() <= UNTIL


def test_nothing_happens_on_a_lead_before_it_comes(rows):
    submitted = rows["leads"].select(lead="id", submitted_at="submitted_at")
    for table in ("events", "verdicts"):
        told = rows[table].join(submitted, on="lead")
        assert (told["happened_at"] >= told["submitted_at"]).all(), table


def test_a_party_is_known_when_its_first_lead_comes(rows):
    contacts = rows["contacts"].select(contact="id", known_at="recorded_at")
    late = rows["leads"].join(contacts, on="contact").filter(pl.col("known_at") > pl.col("submitted_at"))
    assert late.is_empty()


def test_all_constraints_hold_in_a_database_file(stored, rows):
    con, counts = stored
    assert counts == {table: frame.height for table, frame in rows.items()}
    with con.cursor() as cursor:
        for table, count in counts.items():
            assert cursor.execute(f"select count(*) from {table}").fetchall() == [(count,)], table


def test_a_second_sample_is_refused(stored):
    con, _ = stored
    with pytest.raises(Refusal, match="already"):
        sample.write(con, 10, 8, UNTIL)


def test_slices_share_partners_and_run_on_with_their_numbers():
    con = store.connect()
    counts = sample.write(con, 700, 7, UNTIL, slice_leads=300)
    assert counts["leads"] == 700 and counts["partners"] == sample.generate(700, 7, UNTIL)["partners"].height
    with con.cursor() as cursor:
        domains = cursor.table("organizations").filter("domain is not null").pl()["domain"]
    assert domains.is_duplicated().sum() <= 5  # those of self-referring partners


def test_domains_are_nobodys(rows):
    domains = pl.concat([rows["organizations"]["domain"], rows["partners"]["domain"]]).drop_nulls()
    assert domains.str.contains(r"^[a-z0-9-]+\.(example|test)$").all()
    hosts = rows["contacts"]["email"].drop_nulls().str.to_lowercase().str.split("@").list.last().unique().to_list()
    public = {*FREE_MAIL, *DISPOSABLE, *RELAY}
    assert {host for host in hosts if not host.endswith((".example", ".test"))} <= public


def test_free_addresses_carry_a_number_so_that_they_are_nobodys(rows):
    addresses = rows["contacts"]["email"].drop_nulls().str.to_lowercase()
    free = addresses.filter(addresses.str.split("@").list.last().is_in(list(FREE_MAIL)))
    assert len(free) > 50 and free.str.contains(r"k1\d{6}").all()


def test_no_two_stems_have_the_same_latin_spelling():
    stems = pl.concat([words.stems.latin for words in cultures()])
    assert stems.is_unique().all()
    assert all(words.trades.latin.is_unique().all() for words in cultures())
    assert sum(words.share for words in cultures()) == pytest.approx(1)


@pytest.mark.parametrize(("table", "column"), [("contacts", "full_name"), ("organizations", "name")])
def test_names_come_in_many_scripts(rows, table, column):
    letters = {letter for name in rows[table][column].drop_nulls() for letter in name if letter.isalpha()}
    scripts = {unicodedata.name(letter).split()[0] for letter in letters}
    assert {"LATIN", "CJK", "CYRILLIC", "ARABIC", "HANGUL", "DEVANAGARI"} <= scripts
    assert {"ł", "ü", "é"} <= letters


def test_programs_and_sizes_have_their_shares(rows):
    leads = rows["leads"]
    for program, share in PROGRAMS.items():
        assert leads.filter(program=program).height / leads.height == pytest.approx(share, abs=0.05)
    per_org = leads.drop_nulls("org")["org"].value_counts()["count"]
    assert 0.7 < (per_org == 1).mean() < 0.95 and 5 <= per_org.max() <= 100
    assert leads["submitted_at"].min() > END - dt.timedelta(days=SPAN_DAYS + 4)
    assert leads.filter(pl.col("submitted_at") > END - dt.timedelta(days=4)).height > 10


def test_about_four_events_and_verdicts_per_lead_of_every_kind(rows):
    leads = rows["leads"].height
    assert 3 < rows["events"].height / leads < 5 and 3 < rows["verdicts"].height / leads < 5
    frequent = {
        "outreach", "reply", "discovery_call", "accepted", "rejected", "approved", "opportunity_created", "confirmed",
        "payout_paid", "customer_payment", "deal_won", "update_requested", "email_bounce", "requirements_received",
        "crm_touch", "sales_activity", "disengaged", "discretion", "notice_sent",
    }
    assert frequent <= set(rows["events"]["type"])


def pairs(rows: intake.Rows) -> pl.DataFrame:
    """Celigo leads of one person with an earlier one, and when that was accepted."""
    accepted = (
        rows["events"].filter(type="accepted").group_by("lead").agg(accepted_at=pl.col("happened_at").min())
    )
    leads = intake.identify(rows)["leads"].filter(pl.col("program") != "cerri")
    leads = leads.join(accepted, left_on="id", right_on="lead", how="left").select(
        "id", "program", "partner", "contact", "person_key", "submitted_at", "accepted_at", "products"
    )
    return leads.join(leads, on="person_key", suffix="_later").filter(
        pl.col("submitted_at_later") > pl.col("submitted_at")
    )


def test_rivals_come_before_acceptance_after_it_and_after_a_year(rows):
    found = pairs(rows).with_columns(waited=pl.col("submitted_at_later") - pl.col("accepted_at"))
    rivals = found.filter(
        (pl.col("program") == pl.col("program_later")) & (pl.col("partner") != pl.col("partner_later"))
    )
    year = dt.timedelta(days=366)
    for program in ("raf", "ptr"):
        of = rivals.filter(program=program)
        undecided = pl.col("accepted_at").is_null() | (pl.col("waited") < dt.timedelta(0))
        assert of.filter(undecided).height >= 3, program
        assert of.filter((pl.col("waited") > dt.timedelta(0)) & (pl.col("waited") < year)).height >= 3, program
        assert of.filter(pl.col("waited") > year).height >= 2, program
    assert rivals.filter(pl.col("products").list.set_intersection("products_later").list.len() > 0).height > 20


def test_partners_repeat_themselves_and_programs_overlap(rows):
    found = pairs(rows)
    assert found.filter(pl.col("partner") == pl.col("partner_later")).height >= 3
    assert set(found.filter(pl.col("program") != pl.col("program_later"))["program"]) == {"raf", "ptr"}


def test_one_person_stands_under_addresses_spelled_differently(rows):
    found = pairs(rows).filter(pl.col("contact") != pl.col("contact_later"))
    address = dict(rows["contacts"].select("id", "email").iter_rows())
    spelled = [(address[a], address[b]) for a, b in found.select("contact", "contact_later").iter_rows()]
    assert sum(one != other for one, other in spelled) > 10


def test_cerri_leads_repeat_inside_and_outside_six_months(rows):
    leads = intake.identify(rows)["leads"].filter(program="cerri").select("org_key", "partner", "submitted_at")
    waits = leads.join(leads, on="org_key").filter(pl.col("submitted_at_right") > pl.col("submitted_at"))
    days = (waits["submitted_at_right"] - waits["submitted_at"]).dt.total_days()
    assert (days < 180).sum() > 20 and (days > 190).sum() > 20


def test_money_has_cents_and_sometimes_no_split(rows):
    payments = rows["events"].filter(type="customer_payment")
    split = payments["subscription_amount"].is_not_null()
    assert split.any() and (payments["total_amount"].is_not_null() == ~split).all()
    assert (payments["subscription_amount"].cast(pl.Float64) % 1 > 0).any()
    assert payments.select(pl.any_horizontal(pl.col("transaction", "currency").is_null()).any()).item() is False


def test_ten_thousand_leads_take_seconds():
    began = time.perf_counter()
    sample.generate(10_000, 7, UNTIL)
    assert time.perf_counter() - began < 10
