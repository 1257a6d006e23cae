"""What a decision about two records touches: the children, their rows in the marts, their alerts."""

from collections.abc import Collection
from dataclasses import dataclass

import psycopg
from psycopg import sql

from frontdoor.linkage.chains import Neighbours, links_of_child, neighbours_of, parts_of, shortest_path
from frontdoor.linkage.decisions import Decision, Kind
from frontdoor.linkage.keys_back import keys_of_parts
from frontdoor.linkage.records import Record, record_of, short

# The marts that speak of a child, and the key of their rows, which is what an alert is about.
MARTS = {
    "fct_agency_checks": "agency_check_key",
    "fct_contacts": "contact_key",
    "fct_health_responses": "health_response_key",
    "fct_mash_enquiries": "mash_enquiry_key",
    "fct_missing_episodes": "missing_episode_key",
    "fct_return_interviews": "return_interview_key",
    "fct_sent_referrals": "sent_referral_key",
    "fct_timeliness": "timeliness_key",
}


@dataclass(frozen=True, slots=True)
class Touches:
    """Children with their records, rows of the marts, and open alerts; None where nothing is published yet."""

    record_counts: dict[str, int]
    mart_rows: dict[str, int]
    open_alert_count: int | None


def touches(connection: psycopg.Connection, *records: Record) -> Touches:
    """Return what hangs on the children these records belong to."""
    keys = list(dict.fromkeys(record.child_key for record in records))
    counted: dict[str, int] = dict(
        connection.execute(
            "select child_key, count(*) from identity.int_children__members"
            " where child_key = any(%s) and not _is_retracted group by child_key",
            [keys],
        ).fetchall()
    )
    published = readable(connection, MARTS)
    rows = {
        mart: connection.execute(
            sql.SQL("select count(*) from safeguarding.{} where child_key = any(%s)").format(sql.Identifier(mart)),
            [keys],
        ).fetchall()[0][0]
        for mart in published
    }
    return Touches(
        {key: counted.get(key, 0) for key in keys},
        {mart: count for mart, count in rows.items() if count},
        _open_alerts(connection, published, keys),
    )


def readable(connection: psycopg.Connection, views: Collection[str]) -> list[str]:
    """Return which of these views of schema safeguarding exist and may be read; before a publication none do."""
    found = connection.execute(
        "select relname::text from pg_class where relnamespace = 'safeguarding'::regnamespace and relname = any(%s)"
        " and has_table_privilege(oid, 'select') order by relname",
        [list(views)],
    ).fetchall()
    return [name for (name,) in found]


def after_decision(kind: Kind, touched: Touches) -> list[str]:
    """Say what the next build does to the children because of a link or a separation."""
    children = [f"{short(key)} ({_records(count)})" for key, count in touched.record_counts.items()]
    if kind == "link" and len(children) == 1:
        told = [f"both are child {children[0]} already, and stay so whatever the evidence becomes"]
    elif kind == "link":
        told = [f"children {' and '.join(children)} become one; the older key stays, the other becomes its alias"]
    elif len(children) == 1:
        told = [
            f"child {children[0]} is taken apart between the two, at its weakest evidence;"
            " the part with most of the old evidence keeps the key"
        ]
    else:
        told = [f"children {' and '.join(children)} stay two, whatever the evidence becomes"]
    return told + in_words(touched)


def after_undo(connection: psycopg.Connection, decision: Decision, touched: Touches) -> list[str]:
    """Say which keys come back, or that two are no longer kept apart, once a decision was taken back."""
    if decision.kind == "separate":
        return [_without_separation(connection, touched), *in_words(touched)]
    if len(touched.record_counts) != 1:
        return ["no key comes back: the two are not one child", *in_words(touched)]
    [child_key] = touched.record_counts
    without = neighbours_of(
        link for link in links_of_child(connection, child_key) if link.decision_no != decision.decision_no
    )
    path = shortest_path(decision.left_record_key, decision.right_record_key, without)
    if path:
        through = (
            f"through {' - '.join(short(key) for key in path[1:-1])}" if len(path) > 2 else "by their own evidence"
        )
        told = [f"no key comes back: the two stay one child {through}; `frontdoor review separate` keeps them apart"]
    else:
        told = _parts_in_words(connection, decision, child_key, without)
    return told + in_words(touched)


def in_words(touched: Touches) -> list[str]:
    """Say which rows of the marts speak of the children, and how many of their alerts are open."""
    rows = ", ".join(f"{mart} {count}" for mart, count in touched.mart_rows.items())
    told = [f"rows of the marts that speak of them: {rows or 'none'}"]
    if touched.open_alert_count is not None:
        told.append(f"open alerts about them: {touched.open_alert_count}")
    return told


def records_of(connection: psycopg.Connection, decision: Decision) -> list[Record]:
    """Return the decision's records that are still spoken of."""
    found = (record_of(connection, key) for key in (decision.left_record_key, decision.right_record_key))
    return [record for record in found if record is not None]


def _without_separation(connection: psycopg.Connection, touched: Touches) -> str:
    told = "the two are no longer kept apart: from now on the evidence decides"
    keys = list(touched.record_counts)
    [[is_joined]] = connection.execute(
        """
        select exists (
            select from identity.int_matches__pairs as pairs
            inner join identity.int_children__members as one on pairs.left_record_no = one.record_no
            inner join identity.int_children__members as other on pairs.right_record_no = other.record_no
            where pairs.decision_code = 'linked' and not pairs._is_retracted
                and one.child_key <> other.child_key
                and one.child_key = any(%(keys)s) and other.child_key = any(%(keys)s)
        )
        """,
        {"keys": keys},
    ).fetchall()
    if not is_joined:
        return f"{told}; by itself it does not join them, so no key changes"
    children = " and ".join(short(key) for key in keys)
    return (
        f"{told}; it links records of children {children}: unless something else keeps them apart they become one,"
        " the older key stays and the other becomes its alias"
    )


def _records(count: int) -> str:
    return "1 record" if count == 1 else f"{count} records"


def _open_alerts(connection: psycopg.Connection, published: list[str], keys: list[str]) -> int | None:
    if not published or not readable(connection, ["fct_alerts"]):
        return None
    subjects = sql.SQL(" union all ").join(
        sql.SQL("select {} from safeguarding.{} where child_key = any(%(keys)s)").format(
            sql.Identifier(MARTS[mart]), sql.Identifier(mart)
        )
        for mart in published
    )
    query = sql.SQL(
        "select count(*) from safeguarding.fct_alerts"
        " where state_code <> 'resolved' and (subject_key in ({}) or subject_key = any(%(keys)s)"
        " or subject_key in (select review_key from identity.int_reviews"
        " where left_child_key = any(%(keys)s) or right_child_key = any(%(keys)s)))"
    ).format(subjects)
    return int(connection.execute(query, {"keys": keys}).fetchall()[0][0])


def _parts_in_words(
    connection: psycopg.Connection, decision: Decision, child_key: str, neighbours: Neighbours
) -> list[str]:
    """Say which key each of the two parts has that an undone link held together, those first that come back."""
    parts = parts_of(_spoken_of(connection, child_key), neighbours)
    ends = (decision.left_record_key, decision.right_record_key)
    if len(parts) == 1:
        return [
            "no key comes back: nobody else speaks any longer of the child, so key"
            f" {short(child_key)} stays where it is"
        ]
    told = [
        (key is None, key == child_key, _part_in_words(key, child_key, len(part)))
        for part, key in zip(parts, keys_of_parts(connection, parts), strict=True)
        if part & {*ends}
    ]
    return [words for _, _, words in sorted(told)]


def _part_in_words(key: str | None, child_key: str, count: int) -> str:
    if key is None:
        return f"a part of the child comes apart ({_records(count)}); the next build says which key it has"
    return f"key {short(key)} {'stays with' if key == child_key else 'comes back for'} {_records(count)}"


def _spoken_of(connection: psycopg.Connection, child_key: str) -> list[str]:
    found = connection.execute(
        "select record_key from identity.int_children__members where child_key = %s and not _is_retracted"
        " order by record_key",
        [child_key],
    ).fetchall()
    return [key for (key,) in found]
