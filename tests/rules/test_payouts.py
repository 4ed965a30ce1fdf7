"""What is owed to a partner: when commission is earned, its amount to the cent, its due day, what blocks it."""

from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.rules.payouts import half_up
from tests.rules.building_ptr import Case, accepted, differences, document, event, held, judged, outcomes_of, ptr, sold

TEN = {"ptr.commission_rate": 0.1}
AS_OF = "2025-06-20T15:00:00Z"
FULL = {"lead": "P1", "payee": "A", "amount": 6000.0, "currency": "USD", "method": "check", "due": "2025-07-16",
        "status": "payable", "blockers": [], "overdue": False}
FORFEITED = {"amount": 0.0, "due": None, "status": "forfeited", "blockers": ["ptr.maintain.1a"], "overdue": False}


def paid_by_customer(on: str, amount: object, transaction: str = "T1", **more: object) -> dict:
    return event("customer_payment", on, "P1", transaction=transaction,
                 **{"subscription_amount": amount, "other_amount": 0, "currency": "USD", **more})


def won(on: str = "2025-06-02", transaction: str = "T1") -> dict:
    return event("deal_won", on, "P1", transaction=transaction)


def paid_out(on: str, amount: float | None = None) -> dict:
    return event("payout_paid", on, "P1", **({} if amount is None else {"amount": amount}))


def owed(story: str, *parts: object, payouts: list[dict], as_of: str = AS_OF, terms: dict | None = None,
         lead: dict | None = None, conflicts: list | None = None, **world: object) -> Case:
    found = document(held(), *parts, as_of=as_of, settings={**TEN, **(terms or {})}, **world)
    return Case(story, found, {"P1": lead} if lead else {}, conflicts, payouts)


def partner(**more: object) -> list[dict]:
    return [{"id": "A", "kind": "referral_partner", "name": "Partner A", "country": "US", "check_address": "1 Main St",
             "check_address_confirmed_at": "2023-01-10T12:00:00Z", **more}]


QUALIFIED = {"disposition": "qualified", "owner": "A"}
EARNED = [
    owed("commission is the rate on the subscription portion", sold(), payouts=[FULL], lead=QUALIFIED),
    owed("without a payment of the customer nothing is due", won(), payouts=[], lead=QUALIFIED),
    owed("without a deal a payment earns nothing", paid_by_customer("2025-06-16", 60000), payouts=[]),
    owed("each instalment of the deal earns its own commission", won(), paid_by_customer("2025-06-10", 10000),
         paid_by_customer("2025-06-16", 20000),
         payouts=[FULL | {"amount": 1000.0, "due": "2025-07-10"}, FULL | {"amount": 2000.0}]),
    owed("where only the first payment counts a second instalment earns nothing", won(),
         paid_by_customer("2025-06-16", 20000), paid_by_customer("2025-06-10", 10000),
         payouts=[FULL | {"amount": 1000.0, "due": "2025-07-10"}], terms={"ptr.commission_events": "first_payment"}),
    owed("a renewal is another transaction and earns nothing", sold(), paid_by_customer("2025-06-18", 60000, "T2"),
         payouts=[FULL]),
    owed("a payment without a subscription earns nothing", sold(subscription_amount=0), payouts=[]),
    owed("a payment whose split is not recorded is blocked",
         sold(subscription_amount=None, other_amount=None, total_amount=75000),
         payouts=[FULL | {"amount": None, "status": "blocked", "blockers": ["subscription_portion_unknown"]}]),
    owed("where the whole payment is the base other amounts count", sold(),
         payouts=[FULL | {"amount": 7500.0}], terms={"ptr.commission_base": "total"}),
    owed("where the whole payment is the base the split need not be known",
         sold(subscription_amount=None, other_amount=None, total_amount=75000),
         payouts=[FULL | {"amount": 7500.0}], terms={"ptr.commission_base": "total"}),
    owed("a payment in euro is owed in euro", sold(currency="EUR"), payouts=[FULL | {"currency": "EUR"}]),
    owed("what is owed in yen is whole yen", sold(currency="JPY", subscription_amount=12345),
         payouts=[FULL | {"currency": "JPY", "amount": 1235.0}]),
    owed("payments in two currencies are owed each in its own", won(), paid_by_customer("2025-06-10", 100),
         paid_by_customer("2025-06-11", 200, currency="EUR"),
         payouts=[{"amount": 10.0, "currency": "USD"}, {"amount": 20.0, "currency": "EUR"}]),
    owed("half a cent is rounded up", sold(subscription_amount=0.05), payouts=[FULL | {"amount": 0.01}]),
    owed("less than half a cent is rounded down", sold(subscription_amount=0.04), payouts=[FULL | {"amount": 0.0}]),
    owed("half a cent of a rate that floats cannot hold is rounded up", sold(subscription_amount=1.5),
         payouts=[FULL | {"amount": 0.04}], terms={"ptr.commission_rate": 0.0233333333333333333}),
    owed("a rate of two and nine tenths percent is exact", sold(subscription_amount=50), terms={"ptr.commission_rate": 0.029},
         payouts=[FULL | {"amount": 1.45}]),
    owed("a rate of nought is a rate", sold(), payouts=[FULL | {"amount": 0.0}], terms={"ptr.commission_rate": 0}),
    owed("without a rate the amount is not known", sold(), terms={"ptr.commission_rate": None},
         payouts=[FULL | {"amount": None, "status": "blocked", "blockers": ["commission_rate_not_set"]}]),
    owed("a deal won before the acceptance earns nothing", sold(won="2025-03-03T20:00:00Z"), payouts=[]),
    owed("a deal won on the last day and paid later earns commission",
         sold(won="2026-03-04T23:00:00Z", paid="2026-04-10"), as_of="2026-04-12",
         payouts=[FULL | {"due": "2026-05-10"}], lead={"disposition": "qualified", "owner_status": "lapsed"}),
    owed("a deal won the day after earns nothing", sold(won="2026-03-05T00:00:00Z", paid="2026-04-10"),
         as_of="2026-04-12", payouts=[], lead={"disposition": "expired"}),
    owed("where a deal need not close in time a later one earns commission too",
         sold(won="2026-03-05T00:00:00Z", paid="2026-04-10"), as_of="2026-04-12",
         payouts=[FULL | {"due": "2026-05-10"}], terms={"ptr.deal_must_close_within_ownership": False}),
    owed("a deal won while an ownership is extended earns its commission",
         sold(won="2026-03-05T00:00:00Z", paid="2026-04-10"),
         event("ownership_extended", "2026-03-01", "P1", by="channel", until="2026-03-31"), as_of="2026-04-12",
         payouts=[FULL | {"due": "2026-05-10"}], lead={"disposition": "qualified", "owner_status": "lapsed"}),
    owed("where only payments in time count one on the last day does", sold(paid="2026-03-04T23:00:00Z"),
         as_of="2026-03-10", payouts=[FULL | {"due": "2026-04-03"}], terms={"ptr.commission_trailing": "paid_within"}),
    owed("where only payments in time count one the day after does not", sold(paid="2026-03-05T00:00:00Z"),
         as_of="2026-03-10", payouts=[], terms={"ptr.commission_trailing": "paid_within"}),
    owed("a deal won before a disassociation stays due", sold(paid="2025-06-16"),
         event("disassociated", "2025-06-10", "P1", by="channel"), payouts=[FULL],
         lead={"reason": "ptr.maintain.2b", "owner": None}),
    owed("a deal won after a disassociation earns nothing", sold(paid="2025-06-16"),
         event("disassociated", "2025-06-01", "P1", by="channel"), payouts=[]),
    owed("a rejected lead earns nothing", sold(), event("rejected", "2025-06-03", "P1", by="channel", reason="no"),
         payouts=[]),
    owed("what was paid stays paid when the lead is rejected afterwards", sold(),
         event("payout_paid", "2025-06-17", "P1", amount=6000),
         event("rejected", "2025-06-18", "P1", by="channel", reason="no"),
         payouts=[{"status": "paid", "amount": 6000, "due": "2025-07-16", "blockers": []}]),
    owed("a payment after the day looked at is not owed for yet", sold(paid="2025-06-21"), payouts=[]),
    owed("a deal known only later earns nothing yet", paid_by_customer("2025-06-16", 100), won("2025-06-21"), payouts=[]),
    Case("a lead without an acceptance earns nothing", document(ptr(), sold(), settings=TEN), payouts=[]),
    Case("a beaten partner earns nothing",
         document(held(), ptr("P2", "B", "2025-06-02"), event("deal_won", "2025-06-03", "P2", transaction="T2"),
                  event("customer_payment", "2025-06-04", "P2", transaction="T2", subscription_amount=10, currency="USD"),
                  settings=TEN), {"P2": {"disposition": "rejected"}}, [("P1", "P2", "ptr.conflict.1")], []),
    Case("each of two partners is owed for the own lead",
         document(held(), held("P2", "B", contact="C3", org="O2"), sold(),
                  event("deal_won", "2025-06-03", "P2", transaction="T2"),
                  event("customer_payment", "2025-06-04", "P2", transaction="T2", subscription_amount=10, currency="USD"),
                  settings=TEN), {}, [], [FULL, FULL | {"lead": "P2", "payee": "B", "amount": 1.0, "due": "2025-07-04"}]),
]

DUE = [
    owed("thirty days from the receipt end on a Sunday and stay there", sold(paid="2025-07-18"), as_of="2025-07-19",
         payouts=[FULL | {"due": "2025-08-17"}]),
    owed("thirty days reach over the end of February", sold(won="2025-03-05", paid="2026-01-30"), as_of="2026-02-01",
         payouts=[FULL | {"due": "2026-03-01"}]),
    owed("the day of receipt is a day in the zone of the program", sold(paid="2025-06-17T02:00:00Z"),
         payouts=[FULL | {"due": "2025-07-16"}], terms={"timezone": "America/Los_Angeles"}),
    owed("on the due day a payout is not overdue", sold(), as_of="2025-07-16T23:59:59Z", payouts=[FULL]),
    owed("the day after it is overdue", sold(), as_of="2025-07-17T00:00:00Z", payouts=[FULL | {"overdue": True}]),
    owed("a blocked payout is overdue as well", sold(), as_of="2025-07-17", terms={"ptr.commission_rate": None},
         payouts=[FULL | {"amount": None, "status": "blocked", "overdue": True, "blockers": ["commission_rate_not_set"]}]),
    owed("a paid one is not overdue", sold(), paid_out("2025-07-20", 6000), as_of="2025-08-20",
         payouts=[FULL | {"status": "paid"}]),
    owed("the days to pay are a setting", sold(), payouts=[FULL | {"due": "2025-07-31"}], terms={"ptr.payout_days": 45}),
    owed("late details do not move the due day", sold(),
         event("payee_details_provided", "2025-07-10", partner="A", field="check_address_confirmation"),
         as_of="2025-07-11", partners=partner(check_address_confirmed_at=None), payouts=[FULL]),
]

THREE = (won(), paid_by_customer("2025-06-10", 10000), paid_by_customer("2025-06-12", 20000),
         paid_by_customer("2025-06-14", 30000))
SETTLED = [
    owed("one payment to the partner settles the payout earned first", *THREE, paid_out("2025-06-16", 1000),
         payouts=[{"amount": 1000.0, "status": "paid"}, {"amount": 2000.0, "status": "payable"},
                  {"amount": 3000.0, "status": "payable"}]),
    owed("two payments to the partner settle the first two", *THREE, paid_out("2025-06-16", 1000),
         paid_out("2025-06-17", 2000), payouts=[{"status": "paid"}, {"status": "paid"}, {"status": "payable"}]),
    owed("one payment of the sum of two settles both", *THREE, paid_out("2025-06-16", 3000),
         payouts=[{"status": "paid", "blockers": []}, {"status": "paid"}, {"status": "payable"}]),
    owed("one payment of the whole sum settles all", *THREE, paid_out("2025-06-16", 6000),
         payouts=[{"status": "paid"}, {"status": "paid"}, {"status": "paid"}]),
    owed("a payment without an amount settles the first", *THREE, paid_out("2025-06-16"),
         payouts=[{"status": "paid"}, {"status": "payable"}, {"status": "payable"}]),
    owed("a paid payout keeps its due day and loses its blockers", sold(), paid_out("2025-06-18", 6000),
         partners=partner(check_address_confirmed_at=None), payouts=[FULL | {"status": "paid"}]),
    owed("a payment after the day looked at settles nothing yet", sold(), paid_out("2025-06-21", 6000), payouts=[FULL]),
    owed("instalments are settled by the day of receipt, not of entry", won(), paid_by_customer("2025-06-14", 30000),
         paid_by_customer("2025-06-10", 10000), paid_out("2025-06-16", 1000),
         payouts=[{"amount": 1000.0, "status": "paid"}, {"amount": 3000.0, "status": "payable"}]),
]


def blocked(*blockers: str, method: str | None = "check") -> list[dict]:
    return [FULL | {"status": "blocked", "blockers": list(blockers), "method": method}]


PAYEES = [
    owed("an address that nobody confirmed blocks", sold(), partners=partner(check_address_confirmed_at=None),
         payouts=blocked("payee.check_address_confirmation")),
    owed("a blank address blocks", sold(), partners=partner(check_address="  "), payouts=blocked("payee.check_address")),
    owed("a confirmation after the day looked at does not count yet", sold(),
         partners=partner(check_address_confirmed_at="2025-06-21T12:00:00Z"),
         payouts=blocked("payee.check_address_confirmation")),
    owed("address and confirmation handed in later lift both blocks", sold(),
         event("payee_details_provided", "2025-06-18", partner="A", field="check_address"),
         event("payee_details_provided", "2025-06-19", partner="A", field="check_address_confirmation"),
         partners=partner(check_address=None, check_address_confirmed_at=None), payouts=[FULL]),
    owed("details of another partner lift nothing", sold(),
         event("payee_details_provided", "2025-06-18", partner="B", field="check_address_confirmation"),
         partners=partner(check_address_confirmed_at=None), payouts=blocked("payee.check_address_confirmation")),
    owed("a request to pay somebody else changes nothing", sold(),
         event("payee_change_requested", "2025-06-18", partner="A", to="B"), payouts=[FULL]),
    owed("a partner abroad is paid by wire and needs its details", sold(), partners=partner(country="DE"),
         payouts=blocked("payee.wire_details", method="wire")),
    owed("a partner abroad with wire details is payable", sold(),
         partners=partner(country="DE", wire_details="IBAN DE00", check_address=None, check_address_confirmed_at=None),
         payouts=[FULL | {"method": "wire"}]),
    owed("wire details handed in later lift the block", sold(),
         event("payee_details_provided", "2025-06-18", partner="A", field="wire_details"),
         partners=partner(country="DE"), payouts=[FULL | {"method": "wire"}]),
    owed("wire details do not help a partner in the US without an address", sold(),
         partners=partner(wire_details="IBAN", check_address=None, check_address_confirmed_at=None),
         payouts=blocked("payee.check_address", "payee.check_address_confirmation")),
    owed("a partner of an unknown country has no method and one blocker", sold(),
         partners=partner(country=None, check_address=None, check_address_confirmed_at=None, wire_details=None),
         payouts=blocked("payee.country", method=None)),
    owed("several things may block at once", sold(subscription_amount=None), terms={"ptr.commission_rate": None},
         partners=partner(country="FR"),
         payouts=[FULL | {"amount": None, "method": "wire", "status": "blocked",
                          "blockers": ["commission_rate_not_set", "subscription_portion_unknown",
                                       "payee.wire_details"]}]),
]


def suggested(asked: str | None, on: str = "2025-05-10", **more: object) -> dict:
    answer = {} if asked is None else {"customer_asked": asked}
    return event("competitor_suggested", on, **{"partner": "A", "org": "O1", **answer, **more})


UNCLEAR = blocked("review.competitor_suggested")
COMPETITORS = [
    owed("a competitor suggested unasked forfeits the commission", sold(), suggested("no"), payouts=[FORFEITED],
         lead={**QUALIFIED, "criteria": {"no_competitor_suggested": "fail"}, "flags": ["commission_forfeited"]}),
    owed("a competitor named because the customer asked costs nothing", sold(), suggested("yes"), payouts=[FULL],
         lead={**QUALIFIED, "criteria": {"no_competitor_suggested": "pass"}, "without": ["commission_forfeited"]}),
    owed("while nobody knows whether the customer asked the commission is blocked", sold(), suggested("unknown"),
         payouts=UNCLEAR, lead={**QUALIFIED, "criteria": {"no_competitor_suggested": "unknown"}}),
    owed("a suggestion without a word on the customer is not known", sold(), suggested(None), payouts=UNCLEAR),
    owed("one unasked suggestion among asked ones forfeits", sold(), suggested("yes"), suggested("no", "2025-05-12"),
         payouts=[FORFEITED]),
    owed("a suggestion to another organization costs nothing", sold(), suggested("no", org="O2"), payouts=[FULL]),
    owed("a suggestion by another partner costs nothing", sold(), suggested("no", partner="B"), payouts=[FULL]),
    owed("a suggestion after the day looked at costs nothing yet", sold(), suggested("no", "2025-06-21"), payouts=[FULL]),
    owed("a suggestion recorded on the lead alone forfeits too", sold(),
         event("competitor_suggested", "2025-05-10", "P1", customer_asked="no"), payouts=[FORFEITED]),
    owed("a suggestion recorded on the lead and its partner forfeits", sold(), suggested("no", org=None, lead="P1"),
         payouts=[FORFEITED]),
    owed("a person can find that the customer had asked", sold(), suggested("unknown"),
         judged("P1", "2025-06-17", no_competitor_suggested="pass"), payouts=[FULL]),
    owed("a person can find that the customer had not asked", sold(), suggested("unknown"),
         judged("P1", "2025-06-17", no_competitor_suggested="fail"), payouts=[FORFEITED]),
    owed("what was paid before the suggestion stays paid", sold(), paid_out("2025-06-17", 6000),
         suggested("no", "2025-06-18"), payouts=[FULL | {"status": "paid"}],
         lead={**QUALIFIED, "without": ["commission_forfeited"]}),
    owed("a suggestion forfeits every instalment not yet paid", *THREE, paid_out("2025-06-16", 1000),
         suggested("no", "2025-06-17"), payouts=[{"amount": 1000.0, "status": "paid"}, FORFEITED, FORFEITED]),
    owed("a forfeited commission has no other blocker", sold(), suggested("no"), payouts=[FORFEITED],
         partners=partner(country=None), terms={"ptr.commission_rate": None}),
    Case("a suggestion never rejects a lead", document(held(), suggested("no"), settings=TEN),
         {"P1": {"disposition": "qualified", "owner": "A", "owner_status": "confirmed", "reason": None, "also": []}},
         [], []),
    Case("an unclear suggestion leaves an otherwise qualified lead qualified",
         document(held(), suggested("unknown"), settings=TEN), {"P1": {"disposition": "qualified", "pending_on": []}}),
]


def refund(on: str = "2025-06-18", transaction: str = "T1") -> dict:
    return event("customer_refund", on, "P1", transaction=transaction, subscription_amount=60000, currency="USD")


REVIEW = {**QUALIFIED, "flags": ["refund_review"]}
REFUNDS = [
    owed("a refund after the commission was paid is for review and takes nothing back", sold(),
         paid_out("2025-06-17", 6000), refund(), payouts=[FULL | {"status": "paid"}], lead=REVIEW),
    owed("a refund while the commission is due is for review", sold(), refund(), payouts=[FULL], lead=REVIEW),
    owed("a refund of another transaction is none of this lead's", sold(), refund(transaction="T9"), payouts=[FULL],
         lead={**QUALIFIED, "without": ["refund_review"]}),
    owed("a refund where nothing is owed is not for review", won(), refund(), payouts=[],
         lead={**QUALIFIED, "without": ["refund_review"]}),
    owed("a refund after the day looked at is not known yet", sold(), refund("2025-06-21"), payouts=[FULL],
         lead={**QUALIFIED, "without": ["refund_review"]}),
]

CASES = [*EARNED, *DUE, *SETTLED, *PAYEES, *COMPETITORS, *REFUNDS]


@pytest.fixture(scope="module")
def outcomes() -> dict[str, dict]:
    return outcomes_of(CASES)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_what_is_owed(case: Case, outcomes: dict[str, dict]) -> None:
    assert differences(case, outcomes[case.story]) == []


def rounded(amount: Decimal, rate: Decimal, currency: str = "USD") -> Decimal:
    """The share by exact fractions: half of the smallest unit that is kept, and more, goes up."""
    units = 1 if currency in ("JPY", "KRW") else 100
    exact = Fraction(amount) * units * Fraction(rate)
    whole, rest = divmod(exact.numerator, exact.denominator)
    return (Decimal(whole) + (2 * rest >= exact.denominator)) / units


def computed(amounts: list[Decimal], rate: Decimal, currency: str = "USD") -> list[Decimal]:
    frame = pl.DataFrame({"amount": amounts}, schema={"amount": pl.Decimal(18, 2)})
    return frame.select(half_up(pl.col("amount"), rate, pl.lit(currency)))["amount"].to_list()


AMOUNTS = st.decimals(0, "999999999999.99", places=2)
RATES = st.decimals(0, 1, places=6) | st.decimals("0", "0.5", places=12)


@settings(deadline=None, max_examples=150)
@given(st.lists(AMOUNTS, min_size=1, max_size=20), RATES, st.sampled_from(["USD", "EUR", "JPY", "KRW", "KWD"]))
def test_a_share_is_the_exact_fraction_with_half_of_the_smallest_unit_up(amounts: list[Decimal], rate: Decimal,
                                                                         currency: str) -> None:
    assert computed(amounts, rate, currency) == [rounded(amount, rate, currency) for amount in amounts]


@settings(deadline=None, max_examples=100)
@given(st.integers(0, 10**12), st.integers(0, 1000))
def test_a_share_in_whole_permille_is_what_bookkeepers_round_to(cents: int, permille: int) -> None:
    amount, rate = Decimal(cents) / 100, Decimal(permille) / 1000
    assert computed([amount], rate) == [(amount * rate).quantize(Decimal("0.01"), ROUND_HALF_UP)]


@settings(deadline=None, max_examples=60)
@given(st.lists(AMOUNTS, min_size=2, max_size=10), RATES)
def test_a_larger_payment_never_earns_less(amounts: list[Decimal], rate: Decimal) -> None:
    shares = computed(sorted(amounts), rate)
    assert shares == sorted(shares)


@pytest.mark.parametrize(("amount", "rate", "share"), [
    ("5.00", "0.029", "0.15"), ("0.05", "0.1", "0.01"), ("0.04", "0.1", "0.00"), ("0.15", "0.1", "0.02"), ("1.00", "0.005", "0.01"),
    ("1.00", "0.0049999999", "0.00"), ("99999999999999.99", "1", "99999999999999.99"), ("0.00", "0.3", "0.00"),
    ("33.33", "0.333333", "11.11"), ("1234567.89", "0.029", "35802.47"),
    ("9999999999999999.99", "0.123456789", "1234567890000000.00"),
])
def test_shares_to_the_cent(amount: str, rate: str, share: str) -> None:
    assert computed([Decimal(amount)], Decimal(rate)) == [Decimal(share)]


@pytest.mark.parametrize(("amount", "currency", "share"), [
    ("12345.00", "JPY", "1235.00"), ("12344.99", "JPY", "1234.00"), ("4.00", "JPY", "0.00"), ("5.00", "KRW", "1.00"),
    ("9999999999999999.00", "JPY", "1000000000000000.00"), ("12345.00", "USD", "1234.50"), ("0.05", "KWD", "0.01"),
    ("1234.56", "KWD", "123.46"),
])
def test_a_tenth_in_the_smallest_unit_of_a_currency(amount: str, currency: str, share: str) -> None:
    assert computed([Decimal(amount)], Decimal("0.1"), currency) == [Decimal(share)]


def test_a_share_of_an_unknown_amount_is_unknown() -> None:
    frame = pl.DataFrame({"amount": [None]}, schema={"amount": pl.Decimal(18, 2)})
    assert frame.select(half_up(pl.col("amount"), Decimal("0.1"), pl.lit("USD")))["amount"].to_list() == [None]


def test_the_sum_of_payouts_on_one_deal_is_the_sum_of_its_rounded_instalments() -> None:
    story = owed("cents", won(), *[paid_by_customer(f"2025-06-{day:02}", "0.05") for day in range(3, 13)], payouts=[])
    result = outcomes_of([story])["cents"]
    assert sum(Decimal(str(one["amount"])) for one in result["payouts"]) == Decimal("0.10")


def test_an_acceptance_alone_owes_nothing() -> None:
    story = Case("alone", document(ptr(), accepted(), settings=TEN))
    assert outcomes_of([story])["alone"]["payouts"] == []
