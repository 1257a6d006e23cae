"""What other weights would change: decisions, quality and differences between groups, as numbers and never as records.

Both versions score the pairs the warehouse keeps, whose levels stand in their evidence. Kept are the pairs that the
weights in force hold worth a look, and all that share an NHS or a pupil number; what only the other weights would find
is not among them. Quality is judged on pairs whose NHS numbers are both known, by everything but NHS number and UPN.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from frontdoor.linkage.model import NONE, Comparison, LinkageModel, weight_at
from frontdoor.linkage.scales import Scale

# Fewer say nothing about a group, and might say something about a person.
SMALLEST_GROUP = 10
# Between smaller groups a gap is mostly chance.
SMALLEST_GROUP_OF_A_GAP = 100
IDENTIFIERS = ("nhs_number", "upn")


def compare_scales(
    connection: psycopg.Connection,
    model: LinkageModel,
    old: Scale,
    new: Scale,
    *,
    ethnicities: frozenset[str],
) -> dict[str, Any]:
    """Return the comparison of two versions; what has too few pairs to be told is left out.

    `ethnicities` are the codes that may be named: anything else that was sent in their place might be a value.
    """
    score_pairs(connection, model, old, new)
    with connection.cursor(row_factory=dict_row) as cursor:
        [decisions] = cursor.execute(_DECISIONS).fetchall()
        [quality] = cursor.execute(_QUALITY).fetchall()
        groups = cursor.execute(_GROUPS, {"smallest": SMALLEST_GROUP, "ethnicities": sorted(ethnicities)}).fetchall()
    connection.execute("drop table pg_temp.scored, pg_temp.compared_terms")
    return {
        "decisions": decisions,
        "quality": quality,
        "groups": groups,
        "widest_gap": {which: widest_gap(groups, which) for which in ("old", "new")},
        "thresholds": {
            "link_at_probability": new.link_at_probability,
            "review_at_probability": new.review_at_probability,
        },
        "levels": _levels(model, old, new),
    }


def score_pairs(connection: psycopg.Connection, model: LinkageModel, old: Scale, new: Scale) -> None:
    """Put the kept pairs as both versions score and decide them into `pg_temp.scored`, for this session."""
    _put_terms(connection, model, old, new)
    connection.execute(_scored(model, old, new))


def _levels(model: LinkageModel, old: Scale, new: Scale) -> list[dict[str, Any]]:
    return [
        {
            "comparison": comparison.code,
            "level": level.code,
            "old": round(old.bits(comparison.code, level.code), 3),
            "new": round(new.bits(comparison.code, level.code), 3),
        }
        for comparison in model.comparisons
        for level in comparison.levels
        if level.code != NONE
    ]


def widest_gap(groups: list[dict[str, Any]], which: str) -> float | None:
    """How many points of recall lie between the best and the worst group of one kind, at most."""
    by_kind: dict[str, list[float]] = {}
    for group in groups:
        if group["true_pairs"] >= SMALLEST_GROUP_OF_A_GAP:
            by_kind.setdefault(group["kind"], []).append(group[f"{which}_recall"])
    gaps = [max(recalls) - min(recalls) for recalls in by_kind.values() if len(recalls) > 1]
    return round(100 * max(gaps), 2) if gaps else None


def _put_terms(connection: psycopg.Connection, model: LinkageModel, old: Scale, new: Scale) -> None:
    """Put what each counted value adds under both versions beside the pairs, for this session."""
    connection.execute(
        "create temporary table compared_terms (term_code text, term_hash bigint, old_bits float8, new_bits float8)"
    )
    for term in model.terms:
        hashes = sorted({*old.weights.term_frequencies.get(term, ()), *new.weights.term_frequencies.get(term, ())})
        connection.execute(
            "insert into compared_terms"
            " select %s, given.* from unnest(%s::bigint[], %s::float8[], %s::float8[]) as given",
            [
                term,
                hashes,
                [old.term_bits(term, term_hash) for term_hash in hashes],
                [new.term_bits(term, term_hash) for term_hash in hashes],
            ],
        )
    connection.execute("create index on compared_terms (term_code, term_hash)")
    connection.execute("analyze compared_terms")


def _scored(model: LinkageModel, old: Scale, new: Scale) -> sql.Composed:
    """Return the statement that puts the kept pairs, scored by both versions with and without identifiers, aside."""
    levels = {
        comparison.code: sql.SQL("((pair.evidence >> {}) & {})").format(shift, 2**comparison.bits - 1)
        for comparison, shift in zip(model.comparisons, model.shifts().values(), strict=True)
    }
    columns = [
        sql.SQL("{} as {}").format(_sum(model, scale, which, levels, left_out=left_out), sql.Identifier(name))
        for which, scale in (("old", old), ("new", new))
        for name, left_out in ((f"{which}_weight", ()), (f"{which}_plain", IDENTIFIERS))
    ]
    return sql.SQL(_SCORED).format(
        columns=sql.SQL(", ").join(columns),
        terms=sql.SQL(" ").join(
            sql.SQL("left join compared_terms as {0} on spine.{0} = {0}.term_hash and {0}.term_code = {1}").format(
                sql.Identifier(term), sql.Literal(term)
            )
            for term in model.terms
        ),
        nhs_level=levels["nhs_number"],
        same_nhs=model.comparison("nhs_number").level("same"),
        weak=model.weak_corroboration_bits,
        old_link=weight_at(old.link_at_probability),
        new_link=weight_at(new.link_at_probability),
        old_review=weight_at(old.review_at_probability),
        new_review=weight_at(new.review_at_probability),
    )


def _sum(
    model: LinkageModel, scale: Scale, which: str, levels: Mapping[str, sql.Composable], *, left_out: tuple[str, ...]
) -> sql.Composed:
    """A pair's weight in bits under one version, prior included."""
    parts: list[sql.Composable] = [sql.SQL("{}::float8").format(scale.prior_bits)]
    for comparison in model.comparisons:
        if comparison.code not in left_out:
            parts.extend(_part(comparison, scale, which, levels[comparison.code]))
    return sql.SQL(" + ").join(parts)


def _part(comparison: Comparison, scale: Scale, which: str, level: sql.Composable) -> Iterator[sql.Composed]:
    bits = [0.0 if each.code == NONE else scale.bits(comparison.code, each.code) for each in comparison.levels]
    yield sql.SQL("({}::float8[])[1 + {}]").format(sql.Literal(bits), level)
    for number, each in enumerate(comparison.levels):
        if each.term_frequency:
            yield sql.SQL("case when {} = {} then coalesce({}, {}) else 0 end").format(
                level,
                number,
                sql.Identifier(each.term_frequency, f"{which}_bits"),
                scale.term_bits(each.term_frequency),
            )


# Identified pairs link at any weight, and a guard holds under any weights; only the weak one gives way to good odds.
_SCORED = """
    create temporary table scored as
    with pairs as (
        select
            pair.left_record_no,
            pair.right_record_no,
            pair.strength - pair.weight > 500 as is_identified,
            coalesce(pair.guard_code <> 'NAME_BIRTH_WEAK', false) as is_guarded,
            coalesce(pair.guard_code = 'NAME_BIRTH_WEAK', false) as is_guarded_weakly,
            coalesce(pair.guard_code = 'UNBORN_BORN', false) as is_asked_anyway,
            pair.is_barred,
            case when {nhs_level} > 0 then {nhs_level} = {same_nhs} end as is_same_nhs,
            {columns}
        from identity.int_matches__pairs as pair
        inner join identity.int_person_records__spine as spine on pair.left_record_no = spine.record_no
        {terms}
        where not pair._is_retracted
    ),
    linked as (
        select
            pairs.*,
            not is_guarded
            and (is_identified or old_weight >= {old_link})
            and (not is_guarded_weakly or old_weight >= {weak}) as is_linked_old,
            not is_guarded
            and (is_identified or new_weight >= {new_link})
            and (not is_guarded_weakly or new_weight >= {weak}) as is_linked_new,
            old_plain >= {old_link} as is_alike_old,
            new_plain >= {new_link} as is_alike_new,
            is_identified or is_asked_anyway or old_weight >= {old_review} as is_worth_a_look_old,
            is_identified or is_asked_anyway or new_weight >= {new_review} as is_worth_a_look_new
        from pairs
    )
    select
        linked.*,
        is_worth_a_look_old and not is_linked_old and not is_barred as is_reviewed_old,
        is_worth_a_look_new and not is_linked_new and not is_barred as is_reviewed_new
    from linked
"""
_DECISIONS = """
    with changed as (
        select * from scored where is_linked_old <> is_linked_new
    ),
    touched as (
        select left_record_no as record_no from changed
        union
        select right_record_no from changed
    )
    select
        count(*) as pairs,
        count(*) filter (where is_guarded) as guarded,
        count(*) filter (where is_linked_old) as linked_old,
        count(*) filter (where is_linked_new) as linked_new,
        count(*) filter (where is_linked_new and not is_linked_old) as linked_anew,
        count(*) filter (where is_linked_old and not is_linked_new) as no_longer_linked,
        count(*) filter (where is_reviewed_new and not is_reviewed_old) as reviewed_anew,
        count(*) filter (where is_reviewed_old and not is_reviewed_new) as no_longer_reviewed,
        (select count(*) from touched) as records_touched,
        (
            select count(distinct member.child_key)
            from touched
            inner join identity.int_children__members as member on touched.record_no = member.record_no
            where not member._is_retracted
        ) as children_touched
    from scored
"""
_QUALITY = """
    select
        count(*) as labelled_pairs,
        count(*) filter (where is_same_nhs) as true_pairs,
        round(avg(is_same_nhs::integer) filter (where is_alike_old), 5)::float8 as old_precision,
        round(avg(is_same_nhs::integer) filter (where is_alike_new), 5)::float8 as new_precision,
        round(avg(is_alike_old::integer) filter (where is_same_nhs), 5)::float8 as old_recall,
        round(avg(is_alike_new::integer) filter (where is_same_nhs), 5)::float8 as new_recall
    from scored
    where is_same_nhs is not null
"""
_GROUPS = """
    with described as (
        select
            scored.is_alike_old,
            scored.is_alike_new,
            coalesce(l.ethnicity_code, r.ethnicity_code) as ethnicity_code,
            length(l.evident_forename) + length(l.evident_surname) as name_length,
            l.evident_upn is not null and r.evident_upn is not null as has_upn,
            l.evident_postcode is not null and r.evident_postcode is not null as has_postcode
        from scored
        inner join identity.int_person_records__standardised as l on scored.left_record_no = l.record_no
        inner join identity.int_person_records__standardised as r on scored.right_record_no = r.record_no
        where scored.is_same_nhs
    ),
    grouped as (
        select
            described.*,
            grouping.kind,
            grouping.value
        from described
        cross join lateral (
            values
            ('ethnicity', case when ethnicity_code = any(%(ethnicities)s) then ethnicity_code else 'not known' end),
            (
                'letters in the name',
                case
                    when name_length is null then 'not known'
                    when name_length <= 9 then 'up to 9'
                    when name_length <= 14 then '10 to 14'
                    else '15 and more'
                end
            ),
            ('UPN', case when has_upn then 'known to both' else 'missing' end),
            ('postcode', case when has_postcode then 'known to both' else 'missing' end)
        ) as grouping (kind, value)
    )
    select
        kind,
        value,
        count(*) as true_pairs,
        round(avg(is_alike_old::integer), 5)::float8 as old_recall,
        round(avg(is_alike_new::integer), 5)::float8 as new_recall
    from grouped
    group by kind, value
    having count(*) >= %(smallest)s
    order by kind, value
"""
