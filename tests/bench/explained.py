"""Full evaluation with its words, the sentence, the evidence and the change day of every finding, against the bare scan.

Nothing is stored: words are written where a lead is shown, for result documents and for exports of a whole database.
"""

from core.evaluation import Evaluation, Moment, evaluate
from core.kept.run import settings_of
from core.model import PASS
from core.terms import catalogue
from tests.bench.evaluation import bare_scan
from tests.bench.measuring import AS_OF, Row, apart, at_most, copy, median_seconds, peak_gb, said


def rows(leads: int) -> list[Row]:
    """The explained evaluation as a multiple of the bare scan."""
    found = apart(measure, leads)
    return [at_most(f"full evaluation of {leads:,} leads in words, multiple of the bare scan",
                    found["evaluation_s"] / found["scan_s"], 10)]


def measure(leads: int) -> dict:
    """Bare scan and explained evaluation (seconds, median of three), in this process."""
    with copy(leads) as con, con.cursor() as cursor:
        terms = catalogue()
        moment = Moment(AS_OF, settings_of(cursor, terms))
        counts, plain = [], evaluate(cursor, terms, [moment]).leads.sort("lead")

        def explain() -> Evaluation:
            found = evaluate(cursor, terms, [moment], explained=True)
            counts.append((found.findings.height, found.findings.filter(found.findings["verdict"] != PASS).height))
            return found

        if not explain().leads.sort("lead").equals(plain):
            raise ValueError("In words the leads come out otherwise than without.")
        took = median_seconds(explain)
        peak = peak_gb()
        scan = bare_scan(con)
    said(f"{leads:,} leads: bare scan {scan:.2f} s, in words {took:.2f} s; {counts[0][0]:,} findings, of which "
         f"{counts[0][1]:,} do not pass; {peak:.1f} GB")
    return {"evaluation_s": took, "scan_s": scan}
