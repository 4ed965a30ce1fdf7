"""Organizations and the people in them, with their addresses, owners and products."""

import dataclasses

import numpy as np
import polars as pl

from core.sample.drawing import DAY, Draw, Numbers, among, as_days, as_moments, if_so, rows_of
from core.sample.naming import companies, culture_codes, cultures, persons
from core.sample.partners import Partners
from core.sample.plans import Leads, Orgs
from core.sample.shares import DOMAIN_MISSING, ORG_KINDS, PARENTS, SAME_PERSON, TEST_DOMAIN

PRODUCT_HOLDERS = {"cerri": 0.01, "raf": 0.085, "ptr": 0.085}  # organizations with a product of ours
OWNED_BY_PARTNER = 0.003
FOREIGN_NAME = 0.12  # people whose name is of another language than their company's
MAIL = {"business": 0.918, "free": 0.05, "disposable": 0.006, "relay": 0.005, "role": 0.012, "none": 0.009}
MAIL_SPELLING = {"first.last": 0.76, "flast": 0.15, "first_last": 0.09}
FREE_MAIL = {"gmail.com": 0.5, "outlook.com": 0.15, "yahoo.com": 0.1, "gmx.de": 0.08, "wp.pl": 0.07, "icloud.com": 0.05,
             "qq.com": 0.05}
DISPOSABLE = {"mailinator.com": 0.6, "yopmail.com": 0.25, "guerrillamail.com": 0.15}
RELAY = {"privaterelay.appleid.com": 1.0}
ROLE_MAILBOX = {"info": 0.6, "office": 0.25, "sales": 0.15}
ROLE_MISSING, COMPANY_MISSING = 0.045, 0.03
COMPANY_SPELLING = {"full": 0.80, "short": 0.14, "capitals": 0.06}
NEW_RECORD = 0.5  # of the later leads of a person: under a second record, the address spelled otherwise
HELD_PRODUCTS = {"integrator_io": 0.6, "b2b_manager": 0.25, "cloudextend_enterprise": 0.1, "free_edition": 0.05}


def parties(
    rng: np.random.Generator, orgs: Orgs, leads: Leads, partners: Partners, numbers: Numbers
) -> tuple[pl.DataFrame, pl.DataFrame, np.ndarray, Leads]:
    """Rows of organizations and contacts (recorded_at still open), the organization of each contact, and the leads."""
    few = Draw(rng, len(orgs.first))
    number = np.arange(few.n)
    parent = number - 1 - 2 * few.below(np.minimum((number + 1) // 2, 200))
    has_parent = few.chance(2 * PARENTS) & (number % 2 == 1)  # odd ones under even ones: no circles
    culture = culture_codes(few)
    culture = np.where(has_parent, culture[np.where(has_parent, parent, 0)], culture)
    kinds = pl.Series(list(ORG_KINDS)).gather(orgs.kind)
    company = companies(rng, culture, kinds, numbers)
    referrer = partners.frame[leads.partner[orgs.first]]
    is_partners = pl.Series(orgs.self_referral == 1)
    company = company.select(
        "country",
        name=pl.when(is_partners).then(referrer["name"]).otherwise("name"),
        short=pl.when(is_partners).then(referrer["name"]).otherwise("short"),
        domain=pl.when(is_partners).then(referrer["domain"])
        .otherwise(pl.col("latin") + few.words({".example": 1 - TEST_DOMAIN, ".test": TEST_DOMAIN})),
    )
    company = _with_an_imitation(company, kinds == "business")
    ids = numbers.ids("O", few.n)

    people, contact_orgs, mail = _people_of(rng, orgs, culture, company, ids, referrer, numbers)
    contact = leads.contact.copy()
    again = np.flatnonzero(leads.stands(*SAME_PERSON) & (rng.random(len(contact)) < NEW_RECORD))
    second = _spelled_again(Draw(rng, len(again)), people[contact[again]], leads.at[again], numbers)
    leads = dataclasses.replace(leads, is_bad_address=among(mail[contact], MAIL, ("disposable", "relay")))
    contact_orgs = np.concatenate([contact_orgs, leads.org[again]])
    contact[again] = people.height + np.arange(len(again))

    is_individual = kinds == "individual"
    own_name = people["full_name"].gather(np.cumsum(orgs.people) - orgs.people)
    rows = rows_of(
        "organizations",
        id=ids, name=pl.when(is_individual).then(own_name).otherwise(company["name"]),
        domain=pl.when(~is_individual & pl.Series(~few.chance(DOMAIN_MISSING))).then(company["domain"]),
        kind=kinds, country=company["country"],
        parent=pl.when(pl.Series(has_parent)).then(ids.gather(np.where(has_parent, parent, 0))),
    )
    return rows, pl.concat([people, second]), contact_orgs, dataclasses.replace(leads, contact=contact)


def _with_an_imitation(company: pl.DataFrame, is_business: pl.Series) -> pl.DataFrame:
    """One company's domain is spelled to be taken for another's of its country, a digit in the place of a letter."""
    domain, country = company["domain"], company["country"]
    rows = pl.arg_where(is_business & (country == country.filter(is_business).first()), eager=True)
    spelled = domain.gather(rows.head(1)).str.replace("^([^.]*)o", "${1}0").str.replace("^([^.]*)e", "${1}3")
    if len(rows) < 2 or spelled.is_in(domain.implode()).all():
        return company
    return company.with_columns(domain.clone().scatter(rows.tail(1), spelled))


def _people_of(
    rng: np.random.Generator, orgs: Orgs, culture: np.ndarray, company: pl.DataFrame, ids: pl.Series,
    referrer: pl.DataFrame, numbers: Numbers,
) -> tuple[pl.DataFrame, np.ndarray, np.ndarray]:
    """Rows of contacts, organization by organization; the organization of each; its position in MAIL."""
    org = np.repeat(np.arange(len(orgs.people)), orgs.people)
    place = np.arange(len(org)) - (np.cumsum(orgs.people) - orgs.people)[org]
    draw = Draw(rng, len(org))
    own_culture = np.where(draw.chance(FOREIGN_NAME), culture_codes(draw), culture[org])
    person = persons(own_culture, rng.integers(10**6, size=len(orgs.people))[org] + place * 7919)
    roles = pl.concat([pl.Series([""]), *(words.roles for words in cultures())])
    many = np.array([len(words.roles) for words in cultures()])
    role = roles.gather(1 + (np.cumsum(many) - many)[own_culture] + draw.below(many[own_culture]))

    is_individual = among(orgs.kind, ORG_KINDS, ("individual",))[org]
    mail = np.where(is_individual, list(MAIL).index("free"), draw.codes(list(MAIL.values())))
    contact_ids = numbers.ids("K", draw.n)
    spelling = rng.choice(list(MAIL_SPELLING), size=len(orgs.people), p=list(MAIL_SPELLING.values()))[org]
    of = person.with_columns(
        domain=company["domain"].gather(org), number=contact_ids.str.to_lowercase(), free=draw.words(FREE_MAIL),
        disposable=draw.words(DISPOSABLE), relay=draw.words(RELAY), mailbox=draw.words(ROLE_MAILBOX),
        mail=pl.Series(list(MAIL)).gather(mail), spelling=pl.Series(spelling, dtype=pl.String),
        company=company["name"].gather(org), short=company["short"].gather(org),
        company_spelling=draw.words(COMPANY_SPELLING), partner_id=referrer["id"].gather(org),
        partner_email=referrer["email"].gather(org), self_referral=pl.Series(orgs.self_referral[org]),
        has_company=~draw.chance(np.where(is_individual, 0.5, COMPANY_MISSING)), has_role=~draw.chance(ROLE_MISSING),
        is_individual=pl.Series(is_individual),
    )
    first, last, domain = pl.col("first_latin"), pl.col("last_latin"), pl.col("domain")
    work = (
        pl.when(pl.col("spelling") == "flast").then(first.str.head(1) + last)
        .when(pl.col("spelling") == "first_last").then(first + "_" + last)
        .otherwise(first + "." + last) + "@" + domain
    )
    # Numbers in free addresses keep them from being somebody's.
    email = (
        pl.when(pl.col("self_referral") == 3).then("partner_email")
        .when(pl.col("self_referral") == 1).then(work)
        .when(pl.col("mail") == "free").then(first + "." + last + "." + pl.col("number") + "@" + pl.col("free"))
        .when(pl.col("mail") == "disposable").then(first + pl.col("number") + "@" + pl.col("disposable"))
        .when(pl.col("mail") == "relay").then(last.str.head(2) + pl.col("number") + "@" + pl.col("relay"))
        .when(pl.col("mail") == "role").then(pl.col("mailbox") + "@" + domain)
        .when(pl.col("mail") == "business").then(work)
    )
    named = (
        pl.when("is_individual").then(pl.col("full_name"))
        .when(pl.col("company_spelling") == "short").then("short")
        .when(pl.col("company_spelling") == "capitals").then(pl.col("company").str.to_uppercase())
        .otherwise("company")
    )
    filled = of.select(
        "full_name", email=email, company=pl.when("has_company").then(named),
        employer_partner=pl.when(pl.col("self_referral") == 2).then("partner_id"),
        role=pl.when("has_role").then(role),
    )
    return rows_of("contacts", id=contact_ids, org=ids.gather(org), **filled.to_dict()), org, mail


def _spelled_again(draw: Draw, people: pl.DataFrame, at: np.ndarray, numbers: Numbers) -> pl.DataFrame:
    """Second records of people, as another partner would type them."""
    email = pl.col("email")
    how, tag = draw.words({"tag": 0.4, "capitals": 0.35, "same": 0.25}), draw.words({"trial": 0.5, "erp": 0.5})
    tagged = email.str.replace("@", "+" + tag + "@", literal=True)
    undotted = email.str.split("@").list.first().str.replace_all(".", "", literal=True) + "@gmail.com"
    return rows_of("contacts", id=numbers.ids("K", draw.n), recorded_at=as_moments(at), **people.select(
        org=pl.when(pl.Series(~draw.chance(0.3))).then("org"),
        full_name=pl.when(pl.Series(draw.chance(0.2))).then(pl.col("full_name").str.to_uppercase())
        .otherwise("full_name"),
        email=pl.when(email.str.ends_with("@gmail.com") & pl.Series(draw.chance(0.7))).then(undotted)
        .when(how == "tag").then(tagged).when(how == "capitals").then(email.str.to_uppercase()).otherwise(email),
        company="company", employer_partner="employer_partner",
        role=pl.when(pl.Series(~draw.chance(0.15))).then("role"),
    ).to_dict())


def owners(
    rng: np.random.Generator, orgs: Orgs, leads: Leads, org_rows: pl.DataFrame, known_at: np.ndarray,
    partners: Partners,
) -> pl.DataFrame:
    """Stakes of partners, mostly of the one who refers the organization."""
    rows = np.flatnonzero((rng.random(len(orgs.first)) < OWNED_BY_PARTNER) & (orgs.kind == 0))
    draw = Draw(rng, len(rows))
    own = leads.partner[orgs.first[rows]]
    partner = np.where(draw.chance(0.65), own, draw.below(partners.frame.height))
    is_controlled = draw.chance(0.2)
    percent = np.where(draw.chance(0.45), draw.rng.uniform(51, 100, draw.n), draw.rng.uniform(5, 50, draw.n))
    percent = np.where(is_controlled & draw.chance(0.5), np.nan, np.round(percent))
    return rows_of(
        "organization_owners", organization=org_rows["id"].gather(rows),
        partner=partners.frame["id"].gather(partner), percent=pl.Series(percent).fill_nan(None),
        is_controlled=pl.Series(is_controlled), recorded_at=as_moments(known_at[rows]),
    )


def products_held(
    rng: np.random.Generator, orgs: Orgs, org_rows: pl.DataFrame, known_at: np.ndarray, end: int
) -> tuple[pl.DataFrame, np.ndarray]:
    """What organizations have bought, in use or ended; and who is a customer when the first lead comes."""
    odds = np.array(list(PRODUCT_HOLDERS.values()))[orgs.program]
    rows = np.flatnonzero(rng.random(len(odds)) < odds)
    draw = Draw(rng, len(rows))
    bought = orgs.raw[rows] + np.where(draw.chance(0.85), -draw.between(30, 900), draw.between(10, 200))
    bought = np.minimum(bought, end)
    use = draw.codes([0.72, 0.18, 0.10])
    is_customer = np.zeros(len(odds), dtype=bool)
    is_customer[rows] = (use == 0) & (bought < orgs.raw[rows])
    return rows_of(
        "organization_products", organization=org_rows["id"].gather(rows), product=draw.words(HELD_PRODUCTS),
        purchased_on=as_days(bought),
        is_in_use=pl.Series([True, False, None]).gather(use),
        contract_ends_on=as_days(if_so(~draw.chance(0.1), bought + 365 * DAY * (1 + draw.below(3)))),
        recorded_at=as_moments(np.maximum(known_at[rows], bought)),
    ), is_customer
