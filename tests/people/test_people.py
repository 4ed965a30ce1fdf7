"""The permission table: what it says, that it is whole, and that the desk asks it for every role and state."""

import datetime as dt
import inspect
import itertools
import tomllib
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from core import desk, people
from core.desk import Signed, Stale
from core.model import Refusal
from core.people import Forbidden, Person, may, permissions
from core.queue import Filters
from tests.desk.world import NOW, ask, build

TABLE = tomllib.loads((people.HERE / "permissions.toml").read_text(encoding="utf-8"))
DISPOSITIONS = ("pending", "qualified", "rejected", "expired")
PROGRAMS = {"cerri": "L1", "ptr": "P1", "raf": "R1"}


def says_the_table(action: str, role: str, program: str, state: str) -> bool:
    row = TABLE[action]
    states = row["roles"].get(role, [])
    return program in row.get("programs", PROGRAMS) and ("any" in states or state in states)


def holder(role: str, program: str | None = None) -> Person:
    return Person(role, None, None, None, None, ((role, program),))


@pytest.mark.parametrize("action", TABLE)
def test_each_role_may_do_what_its_row_says_in_each_state_and_nothing_else(action: str) -> None:
    for role, program, state in itertools.product(people.ROLES, PROGRAMS, DISPOSITIONS):
        allowed = may(holder(role), action, program, state) is None
        assert allowed == says_the_table(action, role, program, state), (role, program, state)


def test_every_action_has_its_row_and_every_row_its_action() -> None:
    public = {name for name, one in vars(desk).items() if inspect.isfunction(one) and one in desk.ACTIONS}
    assert public == set(TABLE) == set(permissions())


def test_a_role_for_one_program_counts_there_alone_and_never_for_what_concerns_all() -> None:
    assert may(holder("channel", "ptr"), "accept", "ptr", "pending") is None
    assert may(holder("channel", "ptr"), "accept", "raf", "pending") is not None
    assert may(holder("admin", "ptr"), "grant", None) is not None
    assert may(holder("admin"), "grant", None) is None
    assert may(holder("manager", "cerri"), "set_setting", None) is not None


def test_finance_qualifies_nothing_and_admin_moves_no_money() -> None:
    for action in ("judge", "accept", "approve", "confirm", "waive", "log_activity"):
        assert "finance" not in TABLE[action]["roles"] and "admin" not in TABLE[action]["roles"]
    for action in ("record_payment", "record_refund", "adjust_line", "prepare_batch", "approve_batch", "export_batch",
                   "record_results", "record_return", "drop_return", "record_arrival", "close_period"):
        assert set(TABLE[action]["roles"]) == {"finance"}


def test_every_action_on_a_lead_gives_a_part_in_it_but_for_those_that_bear_on_nothing_of_it() -> None:
    on_leads = {action.__name__ for action in desk.ACTIONS if "lead" in inspect.signature(action).parameters}
    assert {name for name in on_leads if TABLE[name]["part"] == "none"} == {
        "assign", "claim", "comment", "release", "snooze"}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('[x]\nlabel = "X"\ndone = "x"\nundo = true\npart = "none"\nroles = { boss = ["any"] }', "no role boss"),
        ('[x]\nlabel = "X"\ndone = "x"\nundo = true\npart = "none"\nroles = { sales = ["open"] }', "takes pending"),
        ('[x]\nlabel = "X"\nundo = true\nroles = {}', "done, part is missing"),
        ('[x]\nlabel = "X"\ndone = "x"\nundo = true\npart = "all"\nroles = {}', "lead or money or none, not all"),
        ('[x]\nlabel = "X"\ndone = "x"\nundo = true\npart = "none"\nroles = {}\nrole = "a"', "role is not known"),
    ],
)
def test_a_broken_table_is_refused_by_the_row(tmp_path: Path, text: str, sentence: str) -> None:
    file = tmp_path / "permissions.toml"
    file.write_text(text)
    with pytest.raises(Refusal, match=sentence):
        permissions(file)


# --- at the desk itself ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def con() -> duckdb.DuckDBPyConnection:
    """The world, with a person of each role alone."""
    connection = build()
    for role in people.ROLES:
        desk.add_person(connection, Signed("operator", f"add {role}", NOW), f"only_{role}", role)
        desk.grant(connection, Signed("operator", f"grant {role}", NOW), f"only_{role}", role)
    return connection


@pytest.fixture(scope="module")
def brought(con: duckdb.DuckDBPyConnection, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The id of an import that can be taken back."""
    file = tmp_path_factory.mktemp("brought") / "leads.csv"
    file.write_text("Email,Company,Submitted\nnew@shop.example,Shop,2025-06-18\n")
    done, _ = desk.import_file(con, Signed("sara", "earlier", NOW), file, "ptr", "leads", "A")
    return done.after["import"]


OF_NO_LEAD = ("add_person", "grant", "revoke", "erase", "load", "make_sample", "set_setting", "take_back_setting",
              "import_file", "take_back",
              "settle_match", "undo", "prepare_batch", "approve_batch", "export_batch", "record_results", "record_return",
              "drop_return", "record_arrival", "reopen_batch", "drop_batch", "close_period", "propose_payee_details",
              "confirm_payee_details", "clear_sample", "save_view", "forget_view")


def arguments(action) -> list[str]:
    """Something for each argument that must be given, of no worth: only whether it is forbidden is asked."""
    return ["x" for name, one in inspect.signature(action).parameters.items()
            if name not in ("con", "signed", "lead") and one.default is inspect.Parameter.empty]


@pytest.mark.parametrize("action", [one for one in desk.ACTIONS if one.__name__ not in OF_NO_LEAD],
                         ids=lambda one: one.__name__)
def test_the_desk_lets_pass_whom_the_table_names_and_nobody_else(con: duckdb.DuckDBPyConnection, action) -> None:
    """Every role in every state, in one program that knows the action; another one in which it does not exist."""
    name = action.__name__
    program = TABLE[name].get("programs", ["ptr"])[-1]
    cases = [(role, program, state) for role in people.ROLES for state in DISPOSITIONS]
    cases += [(role, other, "pending") for other in PROGRAMS if other not in TABLE[name].get("programs", PROGRAMS)
              for role in TABLE[name]["roles"]]
    for role, of, state in cases:
        lead = PROGRAMS[of]
        with con.cursor() as cursor:
            cursor.execute("update evaluations set disposition = ? where lead = ?", [state, lead]).fetchall()
        try:
            action(con, Signed(f"only_{role}", f"{name}/{role}/{of}/{state}", NOW, -1), lead, *arguments(action))
            said = "done"
        except Forbidden:
            said = "forbidden"
        except Stale:
            said = "stale"  # nobody has seen version -1; who may is told what changed, and nothing is done
        assert said == ("stale" if says_the_table(name, role, of, state) else "forbidden"), (role, of, state)


@pytest.mark.parametrize("name", ["add_person", "grant", "revoke", "erase", "load", "make_sample", "set_setting", "take_back_setting",
                                  "settle_match", "import_file", "take_back", "prepare_batch", "approve_batch",
                                  "export_batch", "record_results", "record_return", "drop_return", "record_arrival", "reopen_batch",
                                  "drop_batch", "close_period", "propose_payee_details", "confirm_payee_details",
                                  "clear_sample", "save_view", "forget_view"])
def test_what_concerns_no_lead_is_for_whom_the_table_names_and_nobody_else(
    con: duckdb.DuckDBPyConnection, brought: str, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "leads.csv"
    file.write_text("Email,Company,Submitted\nother@shop.example,Shop,2025-06-18\n")
    given = {"import_file": (file, "ptr", "leads", "A"), "take_back": (brought,), "load": (["x"],),
             "make_sample": (1, 1, "never"), "record_results": ("x", []), "close_period": ("ptr", dt.date(2025, 5, 2)),
             "prepare_batch": ("ptr", "check", "USD", dt.date(2025, 6, 20), [], Decimal(1), 1), "grant": ("nobody", "sales"),
             "revoke": ("nobody", "sales"), "save_view": ("Mine", Filters(None)),
             "propose_payee_details": ("A", {"country": "US"})}
    action = getattr(desk, name)
    for role in sorted(people.ROLES, key=lambda one: one in TABLE[name]["roles"]):  # who may comes last
        signed = Signed(f"only_{role}", f"{name}/{role}", NOW)
        try:
            action(con, signed, *given.get(name, ["x"] * len(arguments(action))))
            is_forbidden = False
        except Forbidden:
            is_forbidden = True
        except (Refusal, TypeError):  # what was given is of no worth: the permission was asked before
            is_forbidden = False
        assert is_forbidden == (role not in TABLE[name]["roles"]), role


def test_every_attempt_that_was_forbidden_stands_in_the_journal_which_verifies(con: duckdb.DuckDBPyConnection) -> None:
    before = ask(con, "select count(*) from journal where action = 'refused'")[0][0]
    for role in people.ROLES:
        with pytest.raises(Forbidden):
            desk.grant(con, Signed(f"only_{role}", f"self/{role}", NOW), f"only_{role}", "finance")
    assert ask(con, "select count(*) from journal where action = 'refused'")[0][0] == before + len(people.ROLES)
    assert desk.first_fault(con) is None
