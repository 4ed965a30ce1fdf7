"""Whole columns get the keys that core/facts/keys.py gives to each value alone, however it is spelled."""

from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.provisional import domains
from publicsuffixlist import PSLFILE

from core.facts import columns, keys
from core.facts.columns import domain_keys, with_keys

MAILBOXES = [
    "mia", "Mia.Chen", "m.i.a+news", "+mia", "++mia+x", "mia+", "mia-news", "-mia-x", "mia.-x", "info", "Sales", "no-reply",
    "no_reply", "mia.+x", "a'b", "mia chen", "mia..chen", ".mia", "", "mïa", "\u212aim", "mia/x",
]
HOSTS = [
    "northwind.example", "Mail.Northwind.CO.UK", "a.b.c.northwind.de", "gmail.com", "googlemail.com", "x.gmail.com",
    "yahoo.fr", "mail.yahoo.co.uk", "myyahoo.com", "ymail.com", "rocketmail.com", "duck.com", "mailinator.com",
    "sub.mailinator.com", "co.uk", "uk", "foo.github.io", "github.io", "www.ck", "a.b.ck", "b.ck", "city.kobe.jp",
    "x.city.kobe.jp", "a.b.kobe.jp", "localhost", "x.localhost", "10.0.0.1", "bücher.example", "xn--bcher-kva.example",
    "ab--cd.example", "-x.example", "x-.example", "x..example", "northwind.example.", "za.com", "firm.za.com", "x.test",
    "northwind", "northwind.e", "a_b.example",
]
SITES = [
    "https://www.{}", "http://{}/a/b?c=d", "{}:8080/x", "HTTPS://{}/@mia", "www.{}", "//{}", "ftp://{}", " {} ", "{}/a b",
    "https://user@{}/x", "{}?mia@x.example", "<{}>", "{}#top", "{}\\x",
]


@pytest.fixture(scope="module")
def suffixes() -> list[str]:
    """A host under every rule of the public suffix list, and each rule's own name."""
    with open(PSLFILE, encoding="utf-8") as file:
        rules = [line.split(" ")[0].strip() for line in file if line.strip() and not line.startswith("//")]
    plain = [rule.removeprefix("!").replace("*", "any") for rule in rules]
    return [*plain, *(f"firm.{rule}" for rule in plain), *(f"a.firm.{rule}" for rule in plain)]


def assert_as_each_alone(emails: list[str | None], sites: list[str | None]) -> None:
    """Both ways give the same for every address and every site."""
    keyed = with_keys(pl.DataFrame({"email": emails}, {"email": pl.String}), email="email")
    for email, row in zip(emails, keyed.iter_rows(named=True), strict=True):
        alone = {
            "email": email, "address_key": keys.address_key(email), "person_key": keys.person_key(email),
            "email_class": keys.email_class(email), "email_domain_key": keys.domain_key(keys.address_key(email)),
        }
        assert row == alone
    found = domain_keys(pl.Series(sites, dtype=pl.String))
    assert found.to_list() == [keys.domain_key(site) for site in sites]


def test_every_spelling_of_a_mailbox_at_every_kind_of_host():
    emails = [f"{mailbox}@{host}" for mailbox, host in product(MAILBOXES, HOSTS)]
    assert_as_each_alone([*emails, None, "", "   ", "@", "mia@"], [site.format(host) for site, host in product(SITES, HOSTS)])


def test_every_public_suffix_and_what_stands_below_it(suffixes):
    assert len(suffixes) > 20_000
    assert_as_each_alone([], suffixes)


def test_every_listed_host_and_what_stands_below_it():
    listed = [*columns.LISTED, *(f"x.{host}" for host in columns.LISTED[::40])]
    assert len(listed) > 10_000
    assert_as_each_alone([f"m.i-a+x@{host}" for host in listed], listed)


LOOSE = st.one_of(st.none(), st.emails(), domains(), st.text(max_size=12), st.text("ab.@-+_<>:/ K", max_size=12),
                  st.sampled_from(HOSTS), st.builds("{}@{}".format, st.sampled_from(MAILBOXES), st.sampled_from(HOSTS)))


@settings(max_examples=300)
@given(st.lists(LOOSE, max_size=12), st.lists(LOOSE, max_size=12))
def test_whatever_stands_in_a_column(emails, sites):
    assert_as_each_alone(emails, sites)


@given(st.lists(st.tuples(LOOSE, st.sampled_from([None, "Siemens AG", "n/a", "北京"]), st.sampled_from([None, "DE", "us"])),
                max_size=12))
def test_an_organization_is_named_by_its_domain_before_its_name(rows):
    frame = pl.DataFrame(rows, dict.fromkeys(["domain", "company", "country"], pl.String), orient="row")
    keyed = with_keys(frame, domain="domain", name="company", country="country")
    assert keyed["org_key"].to_list() == [keys.organization_key(*row) for row in rows]


def test_only_the_keys_that_the_columns_allow_are_added():
    leads = pl.DataFrame({"email": ["Mia@northwind.example", None], "company": ["Siemens AG", "Siemens AG"]})
    added = with_keys(leads, email="email").columns[2:]
    assert added == ["address_key", "person_key", "email_class", "email_domain_key"]
    assert with_keys(leads, name="company")["org_key"].to_list() == ["n:siemens#ag|"] * 2
    by_email = with_keys(leads, email="email", name="company")
    assert by_email["org_key"].to_list() == ["d:northwind.example", "n:siemens#ag|"]


def test_keys_computed_again_replace_the_old_ones():
    leads = pl.DataFrame({"email": ["mia@northwind.example"]})
    once = with_keys(leads, email="email", name="email")
    assert with_keys(once, email="email", name="email").equals(once)


def test_a_column_without_values_or_rows_is_no_trouble():
    empty = with_keys(pl.DataFrame({"email": [None]}), email="email", domain="email")
    assert empty.rows() == [(None, None, None, "missing", None, None)]
    assert with_keys(pl.DataFrame({"e": []}), email="e", name="e").height == 0
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        with_keys(pl.DataFrame({"email": []}), email="e-mail")
