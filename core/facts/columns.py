"""The keys of core/facts/keys.py for whole columns: what is plainly spelled goes through Polars, the rest row by row.

Called by intake, where a million addresses come in at once. Knows no rule of its own: what is not plain is asked of
keys.py, and a test holds that both ways give the same.
"""

from collections.abc import Callable

import polars as pl
from publicsuffixlist import PSLFILE

from core import pieces
from core.facts import keys

LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
HOST = rf"(?:{LABEL}\.)+[a-z]{{2,63}}"
ADDRESS = rf"^({keys.ATOM}(?:\.{keys.ATOM})*)@({HOST})$"
WEB_ADDRESS = rf"^(?:https?://)?({HOST})(?::[0-9]*)?(?:[/?#\\][^<>@\s]*)?$"
PUNYCODE = r"(?:^|\.)..--"
LONGEST_PLAIN = 200
"""Characters; keys.py knows what is still an address beyond that."""

DOMAIN_ROW = {"host": pl.String, "mail_host": pl.String, "kind": pl.String, "own": pl.String,
              "has_hyphen_tags": pl.Boolean, "ignores_dots": pl.Boolean}


def with_keys(frame: pl.DataFrame, *, email: str | None = None, domain: str | None = None, name: str | None = None,
              country: str | None = None) -> pl.DataFrame:
    """The frame, in its order, with keys from the columns named; key columns that it already has are replaced.

    email: address_key, person_key, email_class and email_domain_key (the domain key of the address key).
    domain or name: org_key; without a domain column the e-mail stands in for it. A missing column raises."""
    if email:
        frame = frame.with_columns(pieces.by_pieces(_of_addresses, frame[email].cast(pl.String)))
    if domain or name:
        site = domain_keys(frame[domain or email].cast(pl.String)) if domain or email else pl.lit(None, pl.String)
        frame = frame.with_columns(org_key="d:" + site)
        if name:
            frame = frame.with_columns(pl.coalesce("org_key", "n:" + _company_keys(frame, name, country)))
    return frame


def domain_keys(texts: pl.Series) -> pl.Series:
    """keys.domain_key of each domain, e-mail or web address."""
    return pieces.by_pieces(_domain_keys, texts)


def _domain_keys(texts: pl.Series) -> pl.Series:
    lower = pl.col("text").str.to_lowercase().str.strip_chars()
    frame = pl.DataFrame({"text": texts})
    frame = frame.with_columns(pl.when(_is_plain("text")).then(lower).alias("plain"))
    host = pl.coalesce(pl.col("plain").str.extract(WEB_ADDRESS, 1), pl.col("plain").str.extract(ADDRESS, 2))
    frame = frame.with_columns(pl.when(~host.str.contains(PUNYCODE)).then(host).alias("host"))
    frame = frame.join(_of_hosts(frame["host"]).select("host", "own"), on="host", how="left", maintain_order="left")
    others = _asked(frame.select(pl.when(pl.col("host").is_null()).then("text")), lambda text: (keys.domain_key(text),),
                    {"other": pl.String})
    return frame.hstack(others).select(pl.coalesce("own", "other")).to_series()


def _is_plain(column: str) -> pl.Expr:
    text = pl.col(column)
    return (text.str.len_bytes() == text.str.len_chars()) & (text.str.len_bytes() <= LONGEST_PLAIN)


def _of_addresses(emails: pl.Series) -> pl.DataFrame:
    """address_key, person_key, email_class and email_domain_key of each address."""
    frame = pl.DataFrame({"email": emails})
    lower = pl.when(_is_plain("email")).then(pl.col("email").str.to_lowercase().str.strip_chars())
    parts = lower.str.extract_groups(ADDRESS).struct.rename_fields(["local", "host"])
    frame = frame.with_columns(parts.alias("parts")).unnest("parts")
    is_plain = pl.col("host").is_not_null() & ~pl.col("host").str.contains(PUNYCODE)
    frame = frame.with_columns(pl.when(is_plain).then("host").alias("host"))
    frame = frame.join(_of_hosts(frame["host"]), on="host", how="left", maintain_order="left")
    mailbox = _untagged(pl.col("local"), "+", pl.lit(True))
    mailbox = _untagged(mailbox, "-", pl.col("has_hyphen_tags"))
    mailbox = pl.when("ignores_dots").then(mailbox.str.replace_all(".", "", literal=True)).otherwise(mailbox)
    frame = frame.with_columns(pl.when(pl.col("host").is_not_null()).then(mailbox).alias("mailbox"))
    address = pl.concat_str("mailbox", pl.lit("@"), "mail_host")
    is_role = pl.col("mailbox").str.replace_all("[._-]", "").is_in(sorted(keys.ROLES))
    names = ("address_key", "person_key", "email_class", "email_domain_key")
    others = _asked(frame.select(pl.when(pl.col("host").is_null()).then("email")), _keys_of_address,
                    {f"other_{name}": pl.String for name in names})
    return frame.hstack(others).select(
        address_key=pl.coalesce(address, "other_address_key"),
        person_key=pl.coalesce(pl.when(~is_role).then(address), "other_person_key"),
        email_class=pl.coalesce("kind", "other_email_class", pl.lit("missing")),
        email_domain_key=pl.coalesce("own", "other_email_domain_key"),
    )


def _untagged(local: pl.Expr, tag: str, when: pl.Expr) -> pl.Expr:
    """The mailbox without what follows a tag sign; as keys._mailbox reads it."""
    is_tagged = when & local.str.contains(tag, literal=True)
    name = local.str.extract(rf"^(\{tag}*[^{tag}]+)").str.strip_chars_end(".")
    return pl.when(is_tagged).then(pl.coalesce(name, local)).otherwise(local)


def _keys_of_address(email: str) -> tuple[str | None, ...]:
    key = keys.address_key(email)
    return key, keys.person_key(email), keys.email_class(email), keys.domain_key(key)


def _company_keys(frame: pl.DataFrame, name: str, country: str | None) -> pl.Series:
    """keys.company_key of the rows that have no org_key yet."""
    nameless = pl.when(pl.col("org_key").is_null())
    where = pl.col(country).cast(pl.String) if country else pl.lit(None, pl.String)
    asked = frame.select(name=nameless.then(pl.col(name).cast(pl.String)), country=nameless.then(where))
    return _asked(asked, lambda *row: (keys.company_key(*row),), {"key": pl.String})["key"]


def _asked(rows: pl.DataFrame, rule: Callable[..., tuple], schema: dict[str, pl.DataType]) -> pl.DataFrame:
    """What a rule of keys.py says of each row, asked once per different row; nulls for a row whose first is null."""
    first = rows.columns[0]
    different = rows.filter(pl.col(first).is_not_null()).unique()
    answers = pl.DataFrame([rule(*row) for row in different.iter_rows()], schema=schema, orient="row")
    found = rows.join(different.hstack(answers), on=rows.columns, how="left", nulls_equal=True, maintain_order="left")
    return found.select(*schema)


# Hosts


def _rules() -> tuple[list[str], list[str], list[str]]:
    """Of the public suffix list: suffixes of two labels, two-label ends of longer rules, top domains with any below."""
    with open(PSLFILE, encoding="utf-8") as file:
        lines = [line.split(" ")[0].strip().lower() for line in file]
    rules = [line.lstrip("!") for line in lines if line and not line.startswith("//")]
    labels = [rule.split(".") for rule in rules]
    pairs = {".".join(found) for found in labels if len(found) == 2 and found[0] != "*"}
    ends = {".".join(found[-2:]) for found in labels if len(found) > 2}
    return sorted(pairs), sorted(ends), sorted({found[1] for found in labels if len(found) == 2 and found[0] == "*"})


PAIRS, LONGER, ANY_BELOW = _rules()
LISTED = sorted({*keys.OVERRIDE, *(host for listed in keys.ON_LIST.values() for host in listed)})
FAMILIES = sorted(keys.FREE_FAMILIES | keys.HYPHEN_TAG)


def _of_hosts(hosts: pl.Series) -> pl.DataFrame:
    """One row per different plain host, columns DOMAIN_ROW: where its mail goes, its kind (of keys.CLASSES), its own
    registrable domain (null where it is nobody's own), and how it reads mailboxes."""
    frame = pl.DataFrame({"host": hosts.unique().drop_nulls()})
    labels = pl.col("host").str.split(".")
    frame = frame.with_columns(top=labels.list.last(), two=labels.list.tail(2).list.join("."),
                               three=labels.list.tail(3).list.join("."), labels=labels.list.len())
    own = pl.when(pl.col("two").is_in(PAIRS)).then("three").otherwise("two")
    frame = frame.with_columns(own=own).with_columns(family=pl.col("own").str.split(".").list.first())
    is_ordinary = (
        (pl.col("labels") <= 3) & ~pl.col("two").is_in(LONGER) & ~pl.col("top").is_in([*ANY_BELOW, "localhost"])
        & ~(pl.col("two").is_in(PAIRS) & (pl.col("labels") == 2))
        & ~pl.any_horizontal(pl.col("two", "three").is_in(LISTED)) & ~pl.col("family").is_in(FAMILIES)
    )
    marked = frame.with_columns(is_ordinary=is_ordinary)
    ordinary = marked.filter("is_ordinary").select(
        "host", "own", mail_host="host", kind=pl.lit("business"), has_hyphen_tags=False, ignores_dots=False
    )
    others = [_of_host(host) for host in marked.filter(~pl.col("is_ordinary"))["host"]]
    return pl.concat([ordinary.select(*DOMAIN_ROW), pl.DataFrame(others, schema=DOMAIN_ROW, orient="row")])


def _of_host(host: str) -> tuple[str | bool | None, ...]:
    """A row of DOMAIN_ROW, found out by asking for addresses at that host."""
    mail_host = keys.address_key(f"a@{host}").removeprefix("a@")
    has_hyphen_tags = keys.address_key(f"a-b@{host}") == f"a@{mail_host}"
    ignores_dots = keys.address_key(f"a.b@{host}") == f"ab@{mail_host}"
    return host, mail_host, keys.email_class(f"a@{host}"), keys.domain_key(host), has_hyphen_tags, ignores_dots
