"""Who came first and who holds a lead: the second pass, over leads that share a person or an organization.

Called by evaluation with `standings` (one row per lead: from when to when it holds its place) and `pairs` (core/facts/
rivals.sql). Leads are named by their row number `no`. Roles are earlier and later, never A and B (AMB-43).

A lead holds its place while it is undecided or owned; the place is freed by rejection, withdrawal, disassociation,
a lapsed clock, the end of ownership, or by having lost a conflict itself. Whether the earlier lead lost depends on
still earlier ones, so the pairs are gone through again until nothing changes; each round decides one more rank.
"""

import numpy as np
import polars as pl

from core import calendar
from core.model import FAIL, PASS, UNKNOWN

JUDGED = ("first_submitter", "not_owned_by_other", "not_accepted_elsewhere")
"""Criteria on rivals that a person may settle either way."""

STANDING = (
    "no", "terms", "lead", "program", "company", "partner", "person_key_crowded", "org_key_crowded", "submitted_at",
    "submitted_on", "today", "is_form", "accepted_first_at", "accepted_at", "accepted_on", "left_at", "released_at",
    "refused_at", "freed_at", "lapsed_on", "lapses_on", "owned_until", "paid_first_at",
    *(f"judged.{name}" for name in JUDGED),
)
"""Columns of `standings`, in the order of `no`. Instants UTC; days local. `terms`: which row of `settings` is the
lead's. `lapsed_on`: first day on which a clock or ownership has ended, `lapses_on`: first day on which one will end if
nothing comes. `refused_at`: rejected, in so many words or by what a person judged or found; `released_at`: refused or
withdrawn; `freed_at`: the earliest of what frees the place at an instant. `left_at`: where it was accepted again, since
when it had been without its place."""

NEVER = np.iinfo(np.int64).max
"""In the place of an instant or day that has not come."""

REPEATS = pl.Enum(["live", "paid", "rejected", "near"])
"""What a lead repeats: the ranks of `_repeats`, in their order."""

PLACE = {
    **{f"rival.{name}": pl.UInt8 for name in JUDGED}, **{f"rival_lead.{name}": pl.String for name in JUDGED},
    **{f"rival_text.{name}": pl.String for name in JUDGED}, **{f"rival_until.{name}": pl.Date for name in JUDGED},
    **{f"rival_near.{name}": pl.String for name in JUDGED},
    "is_lost": pl.Boolean, "is_in_question": pl.Boolean,
    "is_duplicate": pl.Boolean, "is_renewal": pl.Boolean, "is_cross_program": pl.Boolean, "repeat_of": REPEATS,
    "repeat_lead": pl.String, "repeat_on": pl.Date, "repeat_near": pl.String,
}
"""Columns of the places that `contest` finds, beside `no`."""

SETTINGS = {
    "same_lead_match": pl.String, "near_match": pl.String, "on_first_rejected": pl.String,
    "second_while_pending": pl.String, "renewal": pl.String, "accepted_elsewhere.scope": pl.String,
    "accepted_elsewhere.live_only": pl.Boolean, "accepted_elsewhere.measured_at": pl.String,
    "bonus_limit": pl.String, "rejected_counts_as_duplicate": pl.Boolean,
}
"""Settings that are read per lead, as columns `set.<name>`; null where its program has none."""

FEW = 10_000
"""Pairs up to which both sides of each are laid out at once: planning that for every reader takes far longer."""

LARGE = 100
"""Leads of one organization up to which all are held against all (large_organizations.sql)."""
MEMBER = {"key": pl.Int32, "no": pl.Int64, "person_key": pl.Int32, "is_alone": pl.Boolean}
PAIR = {"later": pl.Int64, "earlier": pl.Int64}
CONFLICT = {"winner": pl.String, "loser": pl.String, "clause": pl.String}

OWNED, FIRST = "owned", "first"
CRITERIA = {
    ("ptr", OWNED): "not_owned_by_other", ("ptr", FIRST): "first_submitter",
    ("raf", OWNED): "not_accepted_elsewhere", ("raf", FIRST): "first_submitter",
}
CLAUSES = {
    ("ptr", OWNED): "ptr.conflict.1", ("ptr", FIRST): "ptr.conflict.2",
    ("raf", OWNED): "raf.invalid.1a", ("raf", FIRST): "raf.invalid.1b",
}


def contest(standings: pl.DataFrame, settings: pl.DataFrame, pairs: pl.DataFrame,
            explained: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What each lead's rivals mean for it, and the conflicts.

    standings: STANDING; settings: `set.<SETTINGS>`, one row per set of terms; pairs: later, earlier, is_same_person,
    near_match and is_near_person (an open question whether they are the same), has_common_product; explained:
    whether the sentences are wanted, which are null otherwise.
    Returns (places, conflicts): places one row per lead with a rival: no, `rival.<criterion>` (1 fail, 2 unknown),
    `rival_lead.<criterion>`, `rival_text.<criterion>`, is_in_question, is_duplicate, is_renewal, is_cross_program,
    repeat_of, repeat_lead, repeat_on; conflicts: winner, loser, clause (lead ids).
    """
    if pairs.is_empty():
        return _alone(standings), pl.DataFrame(schema=CONFLICT)
    sides = _with_sides(pairs, standings, settings)
    rivals = _rivals(sides, explained)
    own = _by_same_partner(sides)
    cross = _across_programs(sides)
    accepted_later = _accepted_elsewhere_later(sides)
    rivals, state = _rounds(rivals, own, cross, standings, explained)
    rivals, state = _with_taken(sides, rivals, state, explained)
    repeats = _repeats(sides, state)
    return _places(rivals, accepted_later, cross, repeats, state), _conflicts(rivals, state)


def _alone(standings: pl.DataFrame) -> pl.DataFrame:
    """The places where no lead has a rival: only what people settled decides them. Most leads are evaluated alone, and
    laying out pairs would take a tenth of that."""
    none = pl.DataFrame(schema={**PAIR, "kind": pl.String, "effect": pl.UInt8, "is_duplicate": pl.Boolean,
                                "is_renewal": pl.Boolean})
    state = _state(_fixed(standings), none, none, none).sort("no")
    rest = {name: pl.lit(None, kind) for name, kind in PLACE.items() if name not in state.columns}
    return state.with_columns(**rest | {"is_cross_program": pl.lit(False)})


def is_person_the_lead(settings: pl.DataFrame) -> bool:
    """Whether for everybody another person of the same organization is a near match, and for a person to settle."""
    return bool((settings["set.same_lead_match"] == "contact").all() and (settings["set.near_match"] == "review").all())


def pairs_that_matter(standings: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """PAIR: of leads of one organization, each beside the earlier ones for its sake alone that can decide about it.

    An earlier lead that is certain to hold its place leaves the later one for review, whoever else came after it: so
    only those before it are looked at too. members: MEMBER, of organizations in which all against all would be millions
    of pairs. Meant for where a person is the lead (`is_person_the_lead`).
    """
    instants = {name: pl.col(name).to_physical().cast(pl.Int64).fill_null(NEVER)
                for name in ("accepted_at", "freed_at", "lapsed_on")}
    places = members.hstack(standings[standings["no"].search_sorted(members["no"])].drop("no")).select(
        "no", "key", "company", "program", "submitted_at", "lead", **instants,
        came_at=pl.col("submitted_at").to_physical(), came_on=pl.col("submitted_on").to_physical().cast(pl.Int64),
        partner=pl.col("partner").rank("dense"), person=pl.coalesce("person_key", -1 - pl.int_range(pl.len())),
        is_certain=pl.all_horizontal(
            "is_alone", "is_form", pl.col("released_at", "left_at").is_null(),
            *((pl.col(f"judged.{name}") != FAIL).fill_null(True) for name in JUDGED)).fill_null(False),
        has_left=pl.col("left_at").is_not_null(),
    )
    pairs = [_pairs_of(part) for part in places.sort("submitted_at", "lead").partition_by("key", "company")]
    return pl.concat([pl.DataFrame(schema=PAIR), *pairs])


def _pairs_of(part: pl.DataFrame) -> pl.DataFrame:
    """The pairs that matter in one organization, whose leads stand in their order."""
    came, came_on, accepted, freed, lapsed, partner, person, is_certain, has_left, no = (
        part[name].to_numpy() for name in (
            "came_at", "came_on", "accepted_at", "freed_at", "lapsed_on", "partner", "person", "is_certain", "has_left",
            "no"))
    is_raf = (part["program"] == "raf").to_numpy()
    program = part["program"].rank("dense").to_numpy()
    until = np.searchsorted(came, came, side="right")
    found = []
    for place, end in enumerate(until):
        others = np.flatnonzero((freed[:end] > came[place]) & (lapsed[:end] > came_on[place])
                                & (person[:end] != person[place]))
        was_accepted, is_program = accepted[others] <= came[place], program[others] == program[place]
        is_rival = is_program & (partner[others] != partner[place])
        is_owner = was_accepted & (is_rival | (is_raf[place] & ~is_program))
        always = has_left[others] | (came[others] == came[place])
        found.append(np.unique(np.concatenate([
            others[always], _until_certain(others[is_rival & ~was_accepted], is_certain),
            _until_certain(others[is_owner], is_certain)])))
    later = np.repeat(no, [len(one) for one in found])
    return pl.DataFrame({"later": later, "earlier": no[np.concatenate(found)]}, schema=PAIR)


def _until_certain(places: np.ndarray, is_certain: np.ndarray) -> np.ndarray:
    """The places up to the first that is certain; all where none is."""
    certain = np.flatnonzero(is_certain[places])
    return places[:certain[0] + 1] if len(certain) else places


def _with_sides(pairs: pl.DataFrame, standings: pl.DataFrame, settings: pl.DataFrame) -> pl.LazyFrame:
    """Pairs with both standings as `l.` and `e.` columns, and what held when the later one came.

    Lazy, so that each reader below pays for the few columns it wants and not for both sides of every pair; few pairs
    are laid out at once.
    """
    is_few = pairs.height <= FEW
    beside = [pairs.lazy()]
    for side, name in (("l", "later"), ("e", "earlier")):
        place = standings["no"].search_sorted(pairs[name])
        for frame, row in ((standings, place), (settings, standings["terms"].gather(place))):
            own = frame.select(pl.exclude("no", "terms").name.prefix(f"{side}."))
            beside.append(own[row].lazy() if is_few else own.lazy().select(pl.all().gather(row)))
    came_on, came_at = pl.col("l.submitted_on"), pl.col("l.submitted_at")
    away = ((pl.col("e.left_at") <= came_at) & (pl.col("e.accepted_at") > came_at)).fill_null(False)
    had_been_accepted = (
        (pl.col("e.accepted_first_at") <= came_at) & (pl.col("e.left_at") > came_at)).fill_null(False)
    held = (
        pl.col("e.is_form") & (pl.col("e.freed_at") > came_at).fill_null(True)
        & (pl.col("e.lapsed_on") > came_on).fill_null(True) & ~away
    )
    sides = pl.concat(beside, how="horizontal").with_columns(
        is_same=_is_same("l"),
        is_ignored=_is_ignored("l"),
        is_tie=pl.col("e.submitted_at") == came_at,
        was_held=held,
        was_away=away,
        is_after_return=(pl.col("e.left_at") < came_at).fill_null(False) & ~away,
        was_accepted=(pl.col("e.accepted_at") <= came_at).fill_null(False) | had_been_accepted,
        is_released=(pl.col("e.released_at") > came_at).fill_null(False),
        is_still_held=pl.col("e.freed_at").is_null() & (pl.col("e.lapsed_on") > pl.col("l.today")).fill_null(True),
        is_one_program=pl.col("l.program") == pl.col("e.program"),
        is_one_partner=pl.col("l.partner") == pl.col("e.partner"),
    )
    return sides.collect().lazy() if is_few else sides


def _is_one_lead(side: str) -> pl.Expr:
    """Whether both of a pair are the same lead without a question, by the settings of one side (AMB-10)."""
    match = pl.col(f"{side}.set.same_lead_match")
    return (
        pl.when(pl.col("near_match").is_not_null()).then(False).when(match == "organization").then(True)
        .when(match == "organization_product").then(pl.col("has_common_product"))
        .otherwise(pl.col("is_same_person") & pl.col("has_common_product"))
    )


def _is_same(side: str) -> pl.Expr:
    """Whether both count as the same lead; a near match where the setting says so."""
    return _is_one_lead(side) | (pl.col(f"{side}.set.near_match") == "conflict")


def _is_ignored(side: str) -> pl.Expr:
    """Whether both are a near match that the setting leaves out of account."""
    return ~_is_one_lead(side) & (pl.col(f"{side}.set.near_match") == "ignore")


RIVAL = ("later", "earlier", "kind", "effect", "text", "until", "near_match", "is_tie", "is_one_partner",
         "is_after_return", "l.lead", "l.program", "e.lead", "e.partner", "e.submitted_at",
         *(f"l.judged.{name}" for name in JUDGED))


def _rivals(sides: pl.LazyFrame, explained: bool) -> pl.DataFrame:
    """Pairs in which the earlier lead can beat the later one, with what that means while the earlier is sound.

    Columns RIVAL: later and earlier (numbers), kind of criterion, effect (1 fail, 2 unknown, null none), text,
    near_match, until (first day on which a clock of the earlier lead lets the later one go).
    """
    to_raf = (pl.col("l.program") == "raf") & (pl.col("e.program") == "ptr")
    any_program = (pl.col("l.set.accepted_elsewhere.scope") == "any_program").fill_null(False)
    ever = (~pl.col("l.set.accepted_elsewhere.live_only")).fill_null(False) & pl.col("was_accepted")
    counted = sides.filter(
        ~pl.col("is_ignored")
        & ((pl.col("is_one_program") & ~pl.col("is_one_partner")) | (to_raf & any_program & pl.col("was_accepted")))
        & (pl.col("was_held") | (ever & pl.col("is_same")) | (pl.col("is_tie") & pl.col("e.is_form")))
    ).with_columns(kind=pl.when("was_accepted").then(pl.lit(OWNED)).otherwise(pl.lit(FIRST)))
    # AMB-18, W18: what becomes of the later lead when the earlier one is rejected or withdrawn afterwards
    after_release = pl.col("l.set.on_first_rejected").replace_strict(
        {"stay_rejected": FAIL, "review": UNKNOWN, "revive": None}, default=FAIL, return_dtype=pl.UInt8
    )
    # Reading: AMB-19. Beaten at once, unless the setting holds the later lead until the earlier is decided.
    holds = (pl.col("l.set.second_while_pending") == "hold") & (pl.col("kind") == FIRST)
    decided_later = pl.col("e.accepted_at").is_not_null()
    effect = (
        pl.when("is_tie").then(pl.lit(UNKNOWN, pl.UInt8))
        .when(~pl.col("is_same"))
        .then(pl.when(~pl.col("is_released") | after_release.is_not_null()).then(pl.lit(UNKNOWN, pl.UInt8)))
        .when(holds & (pl.col("is_released") | ~(decided_later | pl.col("is_still_held")))).then(None)
        .when(holds & ~decided_later).then(pl.lit(UNKNOWN, pl.UInt8))
        .when(pl.col("is_released")).then(after_release)
        .otherwise(pl.lit(FAIL, pl.UInt8))
    )
    text = _why(holds) if explained else pl.lit(None, pl.String)
    until = pl.when(holds & ~decided_later & ~pl.col("is_released")).then("e.lapses_on")
    return counted.with_columns(effect=effect, text=text, until=until).select(RIVAL).collect()


def _why(holds: pl.Expr) -> pl.Expr:
    """How the earlier lead stands against the later one, as the end of a sentence that begins with its id."""
    def say(text: str, *days: str) -> pl.Expr:
        return pl.format(text, pl.col("e.partner"), *[calendar.written(pl.col(name)).fill_null("a day not known")
                                                      for name in days])

    came = ("e.submitted_on", "l.submitted_on")
    near = pl.col("near_match").is_not_null()
    return (
        pl.when(near & pl.col("is_near_person"))
        .then(say("of {}, which came on {}, may be for the same person", "e.submitted_on"))
        .when(near).then(say("of {}, which came on {}, may be for the same company", "e.submitted_on"))
        .when("is_tie").then(say("of {} came at the same instant, on {}", "e.submitted_on"))
        .when(~pl.col("is_same") & pl.col("was_accepted"))
        .then(say("of {}, accepted on {}, is for another contact or product of the same organization",
                  "e.accepted_on"))
        .when(~pl.col("is_same"))
        .then(say("of {}, undecided since {}, is for another contact or product of the same organization",
                  "e.submitted_on"))
        .when(pl.col("is_released"))
        .then(say("of {} came first, on {}, and was rejected or withdrawn after this one came on {}", *came))
        .when(pl.col("was_accepted") & (pl.col("e.accepted_at") > pl.col("l.submitted_at")))
        .then(say("of {} owned the lead when this one came on {}", "l.submitted_on"))
        .when(pl.col("was_accepted") & pl.col("e.owned_until").is_not_null())
        .then(say("of {} was accepted on {} and owned until {} when this one came on {}",
                  "e.accepted_on", "e.owned_until", "l.submitted_on"))
        .when(pl.col("was_accepted"))
        .then(say("of {} had been accepted on {} when this one came on {}", "e.accepted_on", "l.submitted_on"))
        .when(holds).then(say("of {} came first, on {}, and decides before this one of {}", *came))
        .otherwise(say("of {} came first, on {}, and was undecided when this one came on {}", *came))
    )


def _by_same_partner(sides: pl.LazyFrame) -> pl.DataFrame:
    """Registrations that a partner made again, while the earlier is sound: later, earlier, is_duplicate, is_renewal
    (W20, AMB-27)."""
    again = sides.filter(
        (pl.col("l.program") == "ptr") & pl.col("is_one_program") & pl.col("is_one_partner") & pl.col("is_same")
        & pl.col("was_held") & (~pl.col("is_tie") | (pl.col("e.lead") < pl.col("l.lead")))
    )
    renewal = pl.col("was_accepted") & pl.col("is_still_held")
    decided = pl.col("l.accepted_at").is_not_null()
    return again.select(
        "later", "earlier", is_duplicate=~pl.col("was_accepted") | (renewal & (pl.col("l.set.renewal") == "no")),
        is_renewal=renewal & (pl.col("l.set.renewal") == "review") & ~decided,
    ).collect()


def _across_programs(sides: pl.LazyFrame) -> pl.DataFrame:
    """Later leads with an earlier live lead of the other program for the same contact and no rule that decides."""
    decided_by_rule = (
        (pl.col("l.program") == "raf") & pl.col("e.accepted_at").is_not_null()
        & (pl.col("l.set.accepted_elsewhere.scope") == "any_program").fill_null(False)
    )
    return sides.filter(
        ~pl.col("is_one_program") & pl.col("is_same_person") & pl.col("was_held") & pl.col("is_still_held")
        & ~decided_by_rule & pl.col("l.accepted_at").is_null()
    ).select("later", "earlier").collect()


def _accepted_elsewhere_later(sides: pl.LazyFrame) -> pl.DataFrame:
    """Referrals that were undecided when a partner's lead for the same contact was accepted (W21, AMB-9)."""
    crossing = sides.filter(~pl.col("is_one_program"))

    def seen_from(raf: str, ptr: str, raf_no: str, ptr_no: str) -> pl.LazyFrame:
        accepted = pl.col(f"{ptr}.accepted_at")
        undecided = (
            (pl.col(f"{raf}.accepted_at") > accepted).fill_null(True)
            & (pl.col(f"{raf}.freed_at") > accepted).fill_null(True)
            & (pl.col(f"{raf}.lapsed_on") > pl.col(f"{ptr}.accepted_on")).fill_null(True)
        )
        return crossing.filter(
            (pl.col(f"{raf}.program") == "raf") & (pl.col(f"{ptr}.program") == "ptr")
            & (pl.col(f"{raf}.set.accepted_elsewhere.scope") == "any_program")
            & (pl.col("is_same_person") | _is_same(raf)) & ~_is_ignored(raf)
            & (accepted > pl.col(f"{raf}.submitted_at")) & undecided & pl.col(f"{ptr}.freed_at").is_null()
        ).select(
            no=raf_no, other=ptr_no, lead=f"{ptr}.lead",
            measured_at=pl.col(f"{raf}.set.accepted_elsewhere.measured_at"),
            text=pl.format("of {} was accepted on {}, while this one was undecided", pl.col(f"{ptr}.partner"),
                           calendar.written(pl.col(f"{ptr}.accepted_on"))),
        )

    found = pl.concat([seen_from("l", "e", "later", "earlier"), seen_from("e", "l", "earlier", "later")])
    effect = pl.when(pl.col("measured_at") == "decision").then(FAIL).otherwise(UNKNOWN).cast(pl.UInt8)
    return found.sort("lead").with_columns(effect=effect).collect()


def _rounds(rivals: pl.DataFrame, own: pl.DataFrame, cross: pl.DataFrame, standings: pl.DataFrame,
            explained: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rivals with their effect once every earlier place is settled, and per lead: no, is_lost, is_in_question,
    is_duplicate, is_renewal."""
    fixed = _fixed(standings)
    pairs = rivals.select("later", "earlier", "kind", "effect", "is_tie")
    state = _state(fixed, pairs, cross, own)
    behind = pl.concat([frame.select("later", "earlier").cast(pl.Int64) for frame in (pairs, cross, own)])
    asked = behind.select(no="later").unique()
    while not asked.is_empty():  # only whoever stands behind somebody that moved
        of_asked = asked.rename({"no": "later"})
        mine, crossing, again = (frame.join(of_asked, on="later", how="semi") for frame in (pairs, cross, own))
        following = _state(fixed.join(asked, on="no", how="semi"), _behind(mine, state), crossing, again, state)
        moved = following.join(state, on=following.columns, how="anti")
        state = pl.concat([state.join(moved, on="no", how="anti"), moved])
        asked = behind.join(moved.select(earlier="no"), on="earlier", how="semi").select(no="later").unique()
    return _behind(rivals, state, explained), state.sort("no")


def _fixed(standings: pl.DataFrame) -> pl.DataFrame:
    """What of the standings no rival changes."""
    crowded = (pl.col("person_key_crowded") | pl.col("org_key_crowded")).fill_null(False)
    return standings.select("no", "program", "accepted_at", *(f"judged.{name}" for name in JUDGED), crowded=crowded)


def _with_taken(sides: pl.LazyFrame, rivals: pl.DataFrame, state: pl.DataFrame,
                explained: bool) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rivals and state, with each lead that was accepted again behind the one that had taken its place meanwhile; those
    that came later still stand behind that one alone."""
    taken = _taken(sides, explained).join(state.filter("is_lost").select(earlier="no"), on="earlier", how="anti")
    if taken.is_empty():
        return rivals, state
    settled = pl.when(pl.col("kind") == OWNED).then("l.judged.not_owned_by_other").otherwise("l.judged.first_submitter")
    lost = taken.filter((settled != PASS).fill_null(True))["later"].unique().implode()
    is_lost = pl.col("no").is_in(lost)
    behind = pl.col("earlier").is_in(lost) & pl.col("is_after_return")
    return (pl.concat([rivals.filter(~behind), taken]),
            state.with_columns(is_lost=pl.col("is_lost") | is_lost, is_in_question=pl.col("is_in_question") & ~is_lost))


def _taken(sides: pl.LazyFrame, explained: bool) -> pl.DataFrame:
    """Pairs in which the later lead came while the earlier had no place, and held it when the earlier was accepted
    again: as RIVAL, with the roles the other way round."""
    came_back = pl.col("e.accepted_at")
    text = pl.format("of {} came on {}, while this one had no place, and was first when it was accepted again on {}",
                     pl.col("l.partner"), calendar.written(pl.col("l.submitted_on")),
                     calendar.written(pl.col("e.accepted_on")))
    was_accepted = (pl.col("l.accepted_at") <= came_back).fill_null(False)
    return sides.filter(
        pl.col("was_away") & pl.col("is_one_program") & ~pl.col("is_one_partner") & pl.col("is_same")
        & ~pl.col("is_ignored") & pl.col("l.is_form") & (pl.col("l.freed_at") > came_back).fill_null(True)
        & (pl.col("l.lapsed_on") > pl.col("e.accepted_on")).fill_null(True)
    ).select(
        later="earlier", earlier="later", kind=pl.when(was_accepted).then(pl.lit(OWNED)).otherwise(pl.lit(FIRST)),
        effect=pl.lit(FAIL, pl.UInt8), text=text if explained else pl.lit(None, pl.String),
        until=pl.lit(None, pl.Date), near_match=pl.lit(None, pl.String), is_tie=pl.lit(False),
        is_one_partner=pl.lit(False), is_after_return=pl.lit(False),
        **{f"l.{name}": pl.col(f"e.{name}") for name in ("lead", "program", *(f"judged.{one}" for one in JUDGED))},
        **{f"e.{name}": pl.col(f"l.{name}") for name in ("lead", "partner", "submitted_at")},
    ).select(RIVAL).collect()


def _behind(rivals: pl.DataFrame, state: pl.DataFrame, explained: bool = False) -> pl.DataFrame:
    """The effect of each pair given how the earlier lead itself stands: a loser holds nothing (W2); explained: and the
    text."""
    standing = state.select("is_lost", "is_in_question", earlier="no")
    joined = rivals.join(standing, on="earlier", how="left", maintain_order="left")
    questioned = pl.col("is_in_question") & pl.col("effect").is_not_null() & ~pl.col("is_tie")
    settled = {"effect": pl.when(pl.col("is_lost") & ~pl.col("is_tie")).then(None)
               .when(questioned).then(pl.lit(UNKNOWN, pl.UInt8)).otherwise("effect")}
    if explained:
        under_review = pl.format("of {} came before and is itself under review", pl.col("e.partner"))
        settled["text"] = pl.when(questioned & (pl.col("effect") == FAIL)).then(under_review).otherwise("text")
    return joined.with_columns(**settled).drop("is_lost", "is_in_question")


def _state(fixed: pl.DataFrame, rivals: pl.DataFrame, cross: pl.DataFrame, own: pl.DataFrame,
           before: pl.DataFrame | None = None) -> pl.DataFrame:
    """Per lead, whether it lost its place, whether its place is in question, and whether its partner repeats itself."""
    worst = rivals.group_by(no="later").agg(
        owned=pl.col("effect").filter(pl.col("kind") == OWNED).min(),
        first=pl.col("effect").filter(pl.col("kind") == FIRST).min(),
    )
    if before is not None:  # an earlier lead of the other program, or of the same partner, that lost holds no place
        lost = before.filter("is_lost").select(earlier="no")
        cross, own = (frame.join(lost, on="earlier", how="anti") for frame in (cross, own))
    again = own.group_by(no="later").agg(pl.col("is_duplicate", "is_renewal").any())
    crossing = cross.select(no="later").unique().with_columns(is_crossing=pl.lit(True))
    joined = (
        fixed.join(worst, on="no", how="left").join(crossing, on="no", how="left").join(again, on="no", how="left")
        .with_columns(pl.col("is_duplicate", "is_renewal").fill_null(False))
    )
    judged_owned = (
        pl.when(pl.col("program") == "ptr").then("judged.not_owned_by_other").otherwise("judged.not_accepted_elsewhere")
    )

    def verdict(effect: str, judged: pl.Expr) -> pl.Expr:
        computed = pl.coalesce(effect, pl.when("crowded").then(pl.lit(UNKNOWN, pl.UInt8)))
        return pl.when(judged.is_in([PASS, FAIL])).then(judged).otherwise(computed)

    owned, first = verdict("owned", judged_owned), verdict("first", pl.col("judged.first_submitter"))
    lost = ((owned == FAIL) | (first == FAIL)).fill_null(False) | pl.col("is_duplicate")
    unsure = ((owned == UNKNOWN) | (first == UNKNOWN)).fill_null(False)
    return joined.select(
        "no", is_lost=lost,
        is_in_question=~lost & (unsure | pl.col("is_renewal") | pl.col("is_crossing").fill_null(False)),
        is_duplicate="is_duplicate", is_renewal="is_renewal",
    )


def _repeats(sides: pl.LazyFrame, state: pl.DataFrame) -> pl.DataFrame:
    """Referrals of a contact that came before: no, repeat_of (live, paid, rejected, or near: all of it of somebody who
    may be the same), repeat_lead, repeat_on, repeat_near."""
    lost = state.select("no", "is_lost").lazy()
    near = pl.col("is_near_person") & ~pl.col("is_ignored")
    earlier = sides.filter(
        (pl.col("is_same_person") | near) & (pl.col("l.program") == "raf") & pl.col("is_one_program")
        & (~pl.col("is_tie") | (pl.col("e.lead") < pl.col("l.lead")))
    ).join(lost.rename({"no": "earlier"}), on="earlier", how="left").join(
        lost.select(later="no", l_is_lost="is_lost"), on="later", how="left")
    came_at, limit = pl.col("l.submitted_at"), pl.col("l.set.bonus_limit")
    same_source = pl.col("is_one_partner")
    rejected = (pl.col("e.refused_at") <= came_at).fill_null(False)
    live = same_source & pl.col("was_held") & ~pl.col("is_lost").fill_null(False)
    # Reading: AMB-20. A rejected lead is no duplicate, unless the setting says so.
    live = live | (rejected & pl.col("l.set.rejected_counts_as_duplicate").fill_null(False))
    # Reading: AMB-21. One bonus per contact, whoever the source, also where it was paid after the later one came; of a
    # lead that is beaten anyway this is not said.
    limited = (limit == "contact") | ((limit == "contact_per_source") & same_source)
    paid_before = (pl.col("e.paid_first_at") <= came_at).fill_null(False)
    paid_since = pl.col("e.paid_first_at").is_not_null() & ~pl.col("l_is_lost").fill_null(False) & (
        pl.col("l.paid_first_at") > pl.col("e.paid_first_at")).fill_null(True)
    paid = (paid_before | paid_since) & limited
    rank = pl.when(live).then(0).when(paid).then(1).when(same_source & rejected).then(2)
    asked = near & (pl.col("l.set.near_match") != "conflict")
    rank = pl.when(rank.is_not_null() & asked).then(3).otherwise(rank)
    repeat_of = pl.col("rank").replace_strict(dict(enumerate(REPEATS.categories)), return_dtype=REPEATS)
    return (
        earlier.with_columns(rank=rank).filter(pl.col("rank").is_not_null())
        .sort("rank", "e.submitted_at", "e.lead").group_by(no="later", maintain_order=True).first()
        .select("no", repeat_of=repeat_of, repeat_lead="e.lead", repeat_on="e.submitted_on", repeat_near="near_match")
        .collect()
    )


def _places(rivals: pl.DataFrame, accepted_later: pl.DataFrame, cross: pl.DataFrame, repeats: pl.DataFrame,
            state: pl.DataFrame) -> pl.DataFrame:
    """Everything found, one row per lead that has any of it."""
    decisive = rivals.filter(pl.col("effect").is_not_null()).sort("effect", "e.submitted_at", "e.lead")
    per_kind = {
        kind: decisive.filter(pl.col("kind") == kind).group_by(no="later", maintain_order=True)
        .agg(pl.first("l.program", "effect", "e.lead", "text", "until", "near_match"))
        for kind in (OWNED, FIRST)
    }
    later = accepted_later.group_by("no", maintain_order=True).first().select(
        "no", pl.lit("raf").alias("l.program"), "effect", pl.col("lead").alias("e.lead"), "text",
        until=pl.lit(None, pl.Date), near_match=pl.lit(None, pl.String),
    )
    owned = pl.concat([per_kind[OWNED], later.join(per_kind[OWNED], on="no", how="anti")], how="vertical_relaxed")
    found = state
    for (program, kind), criterion in CRITERIA.items():
        if criterion in {name.removeprefix("rival.") for name in found.columns}:
            continue
        source = owned.filter(pl.col("l.program") == program) if kind == OWNED else per_kind[FIRST]
        found = found.join(
            source.select("no", pl.col("effect").alias(f"rival.{criterion}"),
                          pl.col("e.lead").alias(f"rival_lead.{criterion}"),
                          pl.col("text").alias(f"rival_text.{criterion}"),
                          pl.col("until").alias(f"rival_until.{criterion}"),
                          pl.col("near_match").alias(f"rival_near.{criterion}")),
            on="no", how="left",
        )
    lost = state.filter("is_lost").select(earlier="no")
    crossing = cross.join(lost, on="earlier", how="anti").select(no="later").unique()
    return (
        found.join(crossing.with_columns(is_cross_program=pl.lit(True)), on="no", how="left")
        .join(repeats, on="no", how="left")
        .with_columns(pl.col("is_cross_program").fill_null(False))
    )


def _conflicts(rivals: pl.DataFrame, state: pl.DataFrame) -> pl.DataFrame:
    """winner, loser, clause: one row per losing lead, its winner the earliest lead of another partner that beats it."""
    lost = state.filter("is_lost").select(later="no")
    clause = pl.concat_str("l.program", pl.lit(":"), "kind").replace_strict(
        {f"{program}:{kind}": clause for (program, kind), clause in CLAUSES.items()}, return_dtype=pl.String
    )
    settled = (
        pl.when(pl.col("kind") == FIRST).then("l.judged.first_submitter")
        .when(pl.col("l.program") == "ptr").then("l.judged.not_owned_by_other")
        .otherwise("l.judged.not_accepted_elsewhere")
    )
    by_rule = (pl.col("effect") == FAIL) & (settled != PASS).fill_null(True)
    by_person = pl.col("effect").is_not_null() & (settled == FAIL).fill_null(False)
    return (
        rivals.filter(~pl.col("is_one_partner") & (by_rule | by_person))
        .join(lost, on="later", how="semi")
        .sort("e.submitted_at", "e.lead").group_by("later", maintain_order=True).first()
        .select(winner="e.lead", loser="l.lead", clause=clause)
    )
