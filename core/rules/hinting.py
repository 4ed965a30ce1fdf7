"""Hints: what is on record for or against a criterion that only a person judges. They suggest, and settle nothing.

A program's module states them in its optional function `hints`, by criterion; core/hints.py asks it where one lead is
shown, evaluation never. A hint is a finding of its own over core/store/sql/lead_signs.sql: the first case that holds
suggests pass or fail, and where none does nothing is suggested. What stands here, programs share.
"""

import polars as pl

from core.model import FAIL, PASS, UNKNOWN
from core.rules.criterion import Case, Finding, case, day, finding, otherwise

LEADING = (
    r"\b(chief|ceo|cfo|coo|cto|cio|cmo|cpo|cro|cso|cdo|ciso|president|vp|svp|evp|head|owner|founder|cofounder|managing|"
    r"director\w*|direct(eur|rice)|dire[ck]tor\w*|diretora?|dyrektor\w*|gesch[äa]ftsf[üu]hrer\w*|vorstand\w*|prokurist\w*|"
    r"inhaber\w*|leiter\w*|leitung|g[ée]rante?|dsi|pdg|jefe|jefa|gerente|gestora?|s[óo]ci[oa]\w*|prezes\w*|"
    r"kierownik\w*|manager|lead|leader|responsable)\b")
"""Words of roles that lead something, in lower case and the languages of our contacts."""
LEARNING = (
    r"\b(intern|internship|trainee|student|apprentice|assistant|praktikant\w*|werkstudent\w*|auszubildende\w*|azubi|"
    r"assisten[zt]\w*|stagiaire|assistante?|[ée]tudiante?|alternante?|becari[oa]|estudiante|estagi[áa]ri[oa]|"
    r"sta[żz]yst\w*|asystent\w*)\b")
"""Words of roles that learn or assist."""
ACADEMIC = r"\.(edu|edu\.[a-z]{2}|ac\.[a-z]{2})$"
"""Ends of domains that only schools and universities are given."""
ADDRESSES = {"free": "a free-mail service", "disposable": "a throwaway service", "relay": "a relay service"}
"""Classes of addresses that no organization of its own stands behind."""
NO_BUSINESS = {"individual": "a private person", "university": "a university"}


def hint(clause: str, *cases: Case) -> Finding:
    """What the first case that holds suggests under a clause; unknown where nothing on record says anything."""
    return finding(clause, *cases, otherwise(UNKNOWN, "Nothing on record speaks for or against it."))


def by_role() -> tuple[Case, ...]:
    """Whether the contact decides or has a say, by the words of their role; where both kinds stand in it, nothing."""
    role = pl.col("role")
    leads, learns = (role.str.to_lowercase().str.contains(words) for words in (LEADING, LEARNING))
    return (
        case(learns & ~leads, FAIL, "The role on record is ‘{}’, which seldom has a say.", role, rests_on=("contact",)),
        case(leads & ~learns, PASS, "The role on record is ‘{}’, which decides or has a say.", role,
             rests_on=("contact",)),
    )


def against_business(freemail_is_business: bool = False) -> tuple[Case, ...]:
    """What speaks against a business: what the organization is, or that nobody's own domain is in the address."""
    kind, mail, domain = pl.col("org_kind"), pl.col("email_class"), pl.col("mail_domain")
    addresses = {one: words for one, words in ADDRESSES.items() if one != "free" or not freemail_is_business}
    return (
        *(case(kind == one, FAIL, f"The organization is on record as {words}.", rests_on=("org",))
          for one, words in NO_BUSINESS.items()),
        case((pl.lit(".") + domain).str.contains(ACADEMIC), FAIL,
             "The address is of {}, a domain that schools and universities are given.", domain, rests_on=("contact",)),
        *(case((mail == one) & kind.is_null(), FAIL, f"The address is of {{}}, {words}.", domain, rests_on=("contact",))
          for one, words in addresses.items()),
    )


def for_business() -> tuple[Case, ...]:
    """What speaks for a business: an address under a domain of its own, and a company."""
    return (case((pl.col("email_class") == "business") & pl.col("company").is_not_null(), PASS,
                 "The address is of {}, a business domain, and the company is {}.", pl.col("mail_domain"),
                 pl.col("company"), rests_on=("contact", "org")),)


def declined() -> tuple[Case, ...]:
    """The contact declined, and nothing was heard of them since."""
    since = (pl.col("inbound_last_at") > pl.col("declined_at")).fill_null(False)
    return (case(pl.col("declined_at").is_not_null() & ~since, FAIL,
                 "The contact declined on {}, and nothing came since.", day("declined_on"), rests_on=("declined_at",)),)


def talked() -> tuple[Case, ...]:
    """The contact did more than answer: a call, requirements, a demo or another contact of their own."""
    return (
        case(pl.col("call_completed_at").is_not_null(), PASS, "A discovery call or demo was held on {}.",
             day("call_completed_on"), rests_on=("call_completed_at",)),
        case(pl.col("requirements_at").is_not_null(), PASS, "The contact sent requirements on {}.",
             day("requirements_on"), rests_on=("requirements_at",)),
        case(pl.col("engaged_last_at").is_not_null(), PASS, "The contact was in touch on {}: {}.",
             day("engaged_last_on"), pl.col("engaged_how").str.replace_all("_", " "), rests_on=("engaged_last_at",)),
    )


def names_products() -> tuple[Case, ...]:
    """The partner named what the contact is interested in."""
    products = pl.col("products").list.join(", ").str.replace_all("_", " ")
    return (case(pl.col("products").list.len() > 0, PASS, "The lead names what it is for: {}.", products,
                 rests_on=("lead",)),)


def genuine() -> tuple[Case, ...]:
    """Whether a person is behind the address: spoken to, answering, or nobody in particular. What is a throwaway
    address or bounced is for no person to judge: it fails by itself (cerri.3.3)."""
    return (
        case(pl.col("call_completed_at").is_not_null(), PASS, "Somebody spoke to the contact on {}.",
             day("call_completed_on"), rests_on=("call_completed_at",)),
        case(pl.col("is_shared_mailbox"), FAIL, "The address {}@{} is a mailbox that several people share.",
             pl.col("mailbox"), pl.col("mail_domain"), rests_on=("contact",)),
        case(pl.col("reply_last_at").is_not_null(), PASS, "The contact answered from this address on {}.",
             day("reply_last_on"), rests_on=("reply_last_at",)),
    )


def rival() -> tuple[Case, ...]:
    """What the organization is on record as. Of an agency it does not tell what it wants."""
    kind = pl.col("org_kind")
    return (
        case(kind == "competitor", FAIL, "The organization is on record as a competitor.", rests_on=("org",)),
        case(kind == "business", PASS, "The organization is on record as a business, neither competitor nor agency.",
             rests_on=("org",)),
    )
