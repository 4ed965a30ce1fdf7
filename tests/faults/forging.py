"""Forged messages to the real server: buttons, dialogs and pages of which a role has none.

A session says what no browser would: that a button was pressed which is disabled or belongs to somebody else's screen,
or that the person changed between looking and pressing.
"""

import datetime as dt
from pathlib import Path

from core import desk, people
from core.desk import Signed
from core.people.pages import pages
from tests.browser.conftest import Server
from tests.conftest import now
from tests.desk.world import ask
from tests.sessions import TABLE, Session

PEOPLE = {"Sara Sample": "sales", "Chen Sample": "channel", "Mona Sample": "manager", "Finn Sample": "finance",
          "Ada Sample": "admin"}
MOST = "Mona Sample", ("Finn Sample", "Ada Sample")
OWNERS = {"payouts": ("Finn Sample", ("Mona Sample", "Ada Sample")),
          "admin": ("Ada Sample", ("Mona Sample", "Finn Sample"))}
"""Who may do most on a page, and who presses what they have not; on every other page `MOST`."""


def forgeries(folder: Path, size: int) -> dict[str, object]:
    """S1: what one role is offered and another is not is pressed by the other all the same, in so many of the cases.

    control: changes that the same messages make where a role may.
    """
    path = folder / "leads.duckdb"
    con = desk.open_database(path, now())
    desk.make_sample(con, Signed(people.OPERATOR, "sample", now()), 300, 1, now().date() - dt.timedelta(1))
    leads = [f"lead={lead}" for (lead,) in ask(con, "select min(lead) from evaluations where disposition = 'pending' "
                                                    "group by program order by program")]
    con.close()
    before = _changes(path)
    cases = [("checklist", lead, "Mona Sample", person) for lead in leads for person in ("Finn Sample", "Sara Sample",
                                                                                         "Ada Sample")]
    cases += [(page, "", owner, person) for page in pages() if page not in ("home", "checklist")
              for owner, others in [OWNERS.get(page, MOST)] for person in others]
    server = Server(path).wait()
    try:
        tried = sum(_pressed(server, *case) for case in cases[:size])
        shown = sum(_is_shown(server, page, leads[0], person) for page in pages() for person, role in PEOPLE.items()
                    if role not in pages()[page].roles)
        server.stop()
        bypasses = _changes(path) - before
        server = Server(path).wait()
        with Session(server.url, "checklist", leads[0]) as control:
            opener = next(name for name in control.see("Sara Sample").buttons() if "-comment-" in name)
            _press_through(control, "Sara Sample", "Sara Sample", opener)
    finally:
        server.stop()
    control_changes = _changes(path) - before - bypasses
    con = desk.open_database(path, now())
    refused = ask(con, "select count(*) from journal where action = 'refused'")[0][0]
    fault = desk.first_fault(con)
    con.close()
    return {"tried": tried, "refused_and_journalled": refused, "bypasses": bypasses, "pages_shown": shown,
            "control": control_changes, "fault": fault}


def _is_shown(server: Server, page: str, query: str, person: str) -> bool:
    """Whether a page that is not for a person shows them more than the sentence that says so."""
    with Session(server.url, page, query) as session:
        session.see(person)
        return " is for " not in session.texts or any(
            one.WhichOneof("type") == TABLE for one in session.drawn.values())


def _pressed(server: Server, page: str, query: str, owner: str, person: str) -> int:
    """Each button that one person has and another has not, pressed by the other: in a session of their own, and in one
    where the person changes between looking and pressing. Returns how many."""
    with Session(server.url, page, query) as session:
        theirs, own = session.ticked(owner).buttons(), session.ticked(person).buttons()
    lacking = [name for name, can in theirs.items() if can and not own.get(name) and "-open-" not in name]
    for name in lacking:  # what was filled in for the last one could hide this one
        with Session(server.url, page, query) as session:
            session.ticked(owner)
            _press_through(session, owner, person, name)
    with Session(server.url, page, query) as session:
        for name in lacking:
            session.see(person, name)
    return 2 * len(lacking)


def _press_through(session: Session, owner: str, person: str, name: str) -> None:
    """Press a button as another than who was shown it; where it opens a dialog for its owner, send that too."""
    before, opens = set(session.buttons()), session.drawn[name].button.label.endswith("…")
    session.fill()
    session.see(person, name)
    if opens:
        session.see(owner, name)
        for sent in [one for one in session.buttons() if one not in before and session.drawn[one].button.form_id]:
            session.fill()
            session.see(person, sent)


def _changes(path: Path) -> int:
    """Entries of a closed database's journal that people made, beside refusals."""
    con = desk.open_database(path, now())
    found = ask(con, "select count(*) from journal where person <> 'time' and action not in ('refused', 'begin', "
                     "'make_sample')")[0][0]
    con.close()
    return found
