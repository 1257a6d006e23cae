"""Why two records are, or are not, one child: in plain words, comparison by comparison, without a value of theirs."""

from dataclasses import dataclass
from datetime import datetime

import psycopg
from psycopg.rows import class_row

from frontdoor.errors import FrontdoorError
from frontdoor.linkage.chains import links_of_child, neighbours_of, shortest_path
from frontdoor.linkage.decisions import Decision, decisions_about
from frontdoor.linkage.evidence import Evidence, built_version, compare, load_weights
from frontdoor.linkage.model import LinkageModel, probability_at
from frontdoor.linkage.reasons import reason_in_words
from frontdoor.linkage.records import Record, find_pair, refuse_adoption, short
from frontdoor.linkage.weights_in_force import version_in_force

REPEATED_RULE, CROSSWALK_RULE = -1, 0
CROSSWALK = "the agency's own list, which names the one as the other's former number"
REPEATED = "an agency that says the very same of both, and of so many that they are compared through one of them"


@dataclass(frozen=True, slots=True)
class Pair:
    """What the last build kept of two records that were worth keeping together or looking at."""

    rule_no: int
    weight: float
    decision_code: str
    reason_code: str | None
    is_barred: bool
    conflict_code: str | None
    built_in: int


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that is said about two records being one child."""

    left: Record
    right: Record
    evidence: Evidence | None
    next_version: str
    block_caps: tuple[int, ...]
    rules: tuple[str, ...]
    pair: Pair | None
    decisions: tuple[Decision, ...]
    path: tuple[str, ...]

    @property
    def is_one_child(self) -> bool:
        """Whether the two belong to one child since the last build."""
        return self.left.child_key == self.right.child_key


def explain(
    connection: psycopg.Connection, model: LinkageModel, left: str, right: str, *, by: str, at: datetime
) -> Explanation:
    """Return the explanation of any two records, ones never compared included.

    Raises NeverOneChild, in the words a refused link has, where comparing them would itself tell of an adoption.
    """
    one, other = find_pair(connection, left, right)
    refuse_adoption(connection, one, other, by=by, at=at)
    return explain_pair(connection, model, one, other)


def explain_pair(connection: psycopg.Connection, model: LinkageModel, one: Record, other: Record) -> Explanation:
    """Return the explanation of two records that may be shown side by side."""
    weights = load_weights(connection, model, built_version(connection, model))
    return Explanation(
        left=one,
        right=other,
        evidence=compare(connection, model, one, other, weights=weights),
        next_version=version_in_force(connection) or model.version,
        block_caps=model.block_caps,
        rules=tuple(rule.label for rule in model.blocking_rules),
        pair=_pair(connection, one, other),
        decisions=tuple(decisions_about(connection, one, other)),
        path=_path(connection, one, other) if one.child_key == other.child_key else (),
    )


def words(found: Explanation) -> list[str]:
    """Return the explanation line by line."""
    lines = [
        f"record {found.left.short} ({found.left.agency}) and record {found.right.short} ({found.right.agency})",
        "",
    ]
    if found.evidence is None:
        lines.append("one of the two may not be compared with anybody, so there is no evidence to weigh")
    else:
        lines += [*weighing(found.evidence), ""]
    lines += [f"found by: {_finder(found)}", f"evidence: {evidence_in_words(found)}"]
    if found.evidence and found.next_version != found.evidence.version:
        lines.append(f"weights: version {found.next_version} is in force and takes effect at the next build")
    lines += [f"people: {_person_decision(decision)}" for decision in found.decisions] or ["people: nobody decided"]
    return [*lines, f"now: {_today(found)}"]


def evidence_of(found: Explanation) -> Evidence:
    """Return the evidence, for a picture of it; raises FrontdoorError where there is none to draw."""
    if found.evidence is None:
        raise FrontdoorError("there is no evidence to draw: one of the two records may not be compared with anybody")
    return found.evidence


def decided(found: Explanation) -> str:
    """Return in a few words what became of the evidence; the sum alone would mislead where a guard holds."""
    pair = found.pair
    if pair is None:
        return "too little to link or to ask a person"
    if pair.decision_code == "linked" and found.is_one_child:
        return "linked"
    if pair.decision_code == "linked":
        return f"linked, and taken apart again: {reason_in_words(pair.conflict_code or 'CONTRADICTED')}"
    if pair.decision_code == "review":
        asked = "for a person to decide"
    else:
        asked = "not linked, whatever its weight" if pair.is_barred else "too little to ask a person about"
    return f"{asked}: {reason_in_words(pair.reason_code)}"


def evidence_in_words(found: Explanation) -> str:
    """Return what the evidence decided by itself, by which weights and how much of it there is."""
    told = [f"weights version {found.evidence.version}" if found.evidence else "no weights"]
    if found.pair is not None:
        told.append(f"build {found.pair.built_in}, {found.pair.weight:+.2f} bits")
    elif found.evidence is not None:
        told.append(f"{found.evidence.weight:+.2f} bits")
    return f"{decided(found)} ({', '.join(told)})"


def weighing(evidence: Evidence) -> list[str]:
    """Return what each comparison says and weighs, down to the sum and the probability."""
    lines = [_row("before anything is compared", evidence.prior)]
    for finding in evidence.findings:
        lines.append(_row(f"{finding.label}: {finding.level}", finding.weight))
        if finding.rarity:
            kind = "rarer" if finding.rarity > 0 else "commoner"
            lines.append(_row(f"  which is {kind} than most", finding.rarity))
    lines.append(_row("sum", evidence.weight))
    lines.append(
        f"that is a probability of {percent(evidence.probability)}; {percent(probability_at(evidence.link_at))}"
        f" ({evidence.link_at:+.1f} bits) links when nothing stands against it, from"
        f" {percent(probability_at(evidence.review_at))} ({evidence.review_at:+.1f} bits) a person looks"
    )
    return lines


def percent(probability: float) -> str:
    """Return a probability as a percentage, never rounded up to certainty."""
    parts = 100 if probability > 0.99 else 10
    return f"{int(probability * 100 * parts) / parts:g} %"


def _row(said: str, weight: float) -> str:
    return f"{said:<72} {weight:+7.2f} bits"


def _finder(found: Explanation) -> str:
    if found.pair is not None:
        return _rule(found, found.pair.rule_no)
    shared = found.evidence.shared_rules if found.evidence else ()
    if not shared:
        return "nothing; the two share no value by which records are compared, so no build ever compared them"
    told = "; ".join(_rule(found, number) for number in shared)
    if found.evidence and set(shared) <= set(found.evidence.oversized_rules):
        cap = max(found.block_caps[number - 1] for number in shared)
        return f"nothing; they share {told}, but so do more than {cap} records, so nobody is compared by it"
    return told


def _rule(found: Explanation, number: int) -> str:
    if number == REPEATED_RULE:
        return REPEATED
    if number == CROSSWALK_RULE:
        return CROSSWALK
    return f"{found.rules[number - 1]} (rule {number})"


def _person_decision(decision: Decision) -> str:
    reviewed = f", reviewed by {decision.reviewed_by}" if decision.reviewed_by else ""
    what = "linked" if decision.kind == "link" else "kept apart"
    return (
        f"{what} by {decision.decided_by}{reviewed} on {decision.decided_at:%Y-%m-%d}"
        f" (decision {decision.decision_no}, {decision.state})"
    )


def _today(found: Explanation) -> str:
    if not found.is_one_child:
        return f"two children, {short(found.left.child_key)} and {short(found.right.child_key)}"
    child = f"one child, {short(found.left.child_key)}"
    if not found.path:
        return child
    if len(found.path) == 2:
        return f"{child}, directly"
    return f"{child}, through {' - '.join(short(key) for key in found.path[1:-1])}"


def _pair(connection: psycopg.Connection, one: Record, other: Record) -> Pair | None:
    with connection.cursor(row_factory=class_row(Pair)) as cursor:
        return cursor.execute(_PAIR, {"one": one.record_no, "other": other.record_no}).fetchone()


def _path(connection: psycopg.Connection, one: Record, other: Record) -> tuple[str, ...]:
    links = links_of_child(connection, one.child_key)
    return shortest_path(one.record_key, other.record_key, neighbours_of(links))


# What is compared through another record that says the very same is judged as that one is.
_PAIR = """
    with compared as (
        select
            coalesce(one.repeated_record_no, one.record_no) as one_no,
            coalesce(other.repeated_record_no, other.record_no) as other_no
        from identity.int_person_records__blocked as one
        cross join identity.int_person_records__blocked as other
        where one.record_no = %(one)s and other.record_no = %(other)s
    )
    select
        pairs.rule_no,
        pairs.weight,
        pairs.decision_code,
        pairs.reason_code,
        pairs.is_barred,
        (
            -- What an adoption parts is not told from what anything else does.
            select min(nullif(members.conflict_code, 'ADOPTION')) from identity.int_children__members as members
            where members.record_no in (%(one)s, %(other)s)
        ) as conflict_code,
        pairs._built_in as built_in
    from identity.int_matches__pairs as pairs
    left join compared on true
    where not pairs._is_retracted
        and (pairs.left_record_no, pairs.right_record_no) in (
            (least(%(one)s::bigint, %(other)s), greatest(%(one)s::bigint, %(other)s)),
            (least(one_no, other_no), greatest(one_no, other_no)),
            -- Two that repeat one and the same record.
            (case when one_no = other_no then one_no end, greatest(%(one)s::bigint, %(other)s))
        )
    order by pairs.left_record_no = least(%(one)s::bigint, %(other)s) desc, pairs.right_record_no
    limit 1
"""
