"""What the demonstration says of recognising children: links across agencies, what waits for a person, one pair.

It names nobody: of a record only the beginning of its key is told, and of a pair how much its fields agree.
"""

from collections import Counter
from datetime import datetime
from pathlib import Path

import psycopg
from rich.table import Table
from rich.text import Text

from frontdoor.linkage.explain import Explanation, decided, evidence_of, explain_pair, words
from frontdoor.linkage.model import LinkageModel, load_linkage_model
from frontdoor.linkage.reasons import reason_in_words
from frontdoor.linkage.records import Record
from frontdoor.linkage.reviews import list_reviews
from frontdoor.linkage.waterfall import waterfall
from frontdoor.orchestration.demo_tables import numbers, table
from frontdoor.settings import Settings

_CHILDREN = """
    select agency_count, count(*), sum(record_count)
    from safeguarding.dim_children
    group by agency_count
    order by agency_count
"""
_DECISIONS = """
    select decision_code, match_rule_code, reason_code, count(*)
    from assurance.fct_match_decisions
    group by decision_code, match_rule_code, reason_code
    order by array_position(array['linked', 'joined', 'review', 'separated', 'vetoed'], decision_code), 2, 3
"""
_DECISION_WORDS = {
    "linked": "one child",
    "joined": "one child, through others",
    "review": "a person is to say",
    "separated": "linked, then taken apart",
    "vetoed": "kept apart",
}
# The narrowest links between agencies first: they tell most about how a child is recognised.
_LINKS_ACROSS = """
    select
        pair.evidence,
        one.record_key, one.record_no, one.person_scope, one.child_key,
        other.record_key, other.record_no, other.person_scope, other.child_key
    from identity.int_matches__pairs as pair
    inner join identity.int_children__members as one on pair.left_record_no = one.record_no
    inner join identity.int_children__members as other on pair.right_record_no = other.record_no
    where pair.decision_code = 'linked'
        and not pair._is_retracted
        and one.child_key = other.child_key
        and split_part(one.person_scope, ':', 1) <> split_part(other.person_scope, ':', 1)
    order by pair.weight, pair.left_record_no, pair.right_record_no
"""


def children(connection: psycopg.Connection) -> Table:
    """Return how many children how many agencies know."""
    made = table("known to", "children", "records of theirs")
    for agencies, count, records in connection.execute(_CHILDREN).fetchall():
        made.add_row("one agency" if agencies == 1 else f"{agencies} agencies", *numbers((count, records)))
    return made


def decisions(connection: psycopg.Connection) -> Table:
    """Return what became of pairs of records, by what they share and by why not."""
    made = table("decision", "both have the same", "because", "pairs")
    for decision, rule, reason, count in connection.execute(_DECISIONS).fetchall():
        because = reason_in_words(reason) if reason else "nothing stands against it"
        made.add_row(_DECISION_WORDS[decision], rule.replace("_", " ").lower(), because, *numbers([count]))
    return made


def waiting(connection: psycopg.Connection, *, as_of: datetime) -> Table:
    """Return what waits for a person by reason, in the order of the steward's queue."""
    reviews = list_reviews(connection, as_of=as_of)
    urgent = Counter(review.reason_code for review in reviews if review.is_missing or review.has_red_enquiry)
    made = table("why a person is asked", "pairs", "urgent")
    for reason, count in Counter(review.reason_code for review in reviews).items():
        made.add_row(reason_in_words(reason), *numbers((count, urgent[reason])))
    made.add_row("all", *numbers((len(reviews), urgent.total())))
    return made


def explained_pair(settings: Settings, connection: psycopg.Connection) -> Explanation | None:
    """Return the explanation of the narrowest link between two agencies that wrote the forename differently.

    Of the narrowest one at all when every link has the same forename; None when no two agencies know one child.
    """
    model = load_linkage_model(settings)
    links = connection.execute(_LINKS_ACROSS).fetchall()
    told = [link for link in links if _is_told_otherwise(model, link[0])] or links
    if not told:
        return None
    return explain_pair(connection, model, Record(*told[0][1:5]), Record(*told[0][5:]))


def explanation(found: Explanation) -> Text:
    """Return the explanation as it is printed."""
    return Text("\n".join(words(found)))


def draw(found: Explanation, path: Path) -> Path:
    """Draw how the pair's evidence adds up, and return where."""
    path.write_text(waterfall(evidence_of(found), decided=decided(found)), encoding="utf-8")
    path.chmod(0o600)
    return path


def _is_told_otherwise(model: LinkageModel, evidence: int) -> bool:
    comparison = model.comparison("forename")
    _, levels = model.unpack(evidence)
    return levels["forename"] not in (comparison.level("none"), comparison.level("same"))
