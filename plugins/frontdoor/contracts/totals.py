"""Control totals: sums the supplier states in the manifest and the file must bear out."""

from collections.abc import Mapping

from frontdoor.contracts.model import DELIVERIES, ControlTotal
from frontdoor.contracts.sql_text import column, identifier, literal
from frontdoor.errors import ContractError

KINDS = ("count", "count_by", "distinct", "largest")


def control_totals(written: object, *, fields: Mapping[str, object]) -> tuple[ControlTotal, ...]:
    """Return the totals a contract defines, by name; raises ContractError for one it does not define well."""
    if not isinstance(written, dict) or not written:
        raise ContractError("`totals` defines at least one total")
    return tuple(_total(str(name), definition, fields=fields) for name, definition in written.items())


def totals_sql(totals: tuple[ControlTotal, ...], *, feed: str) -> str:
    """Return the text that finds deliveries whose manifest states another total; the first line stands for all.

    Lines that could not be read are missing from the sums, so deliveries that have any are not held to theirs.
    """
    table = f"landing.{identifier(feed)}"
    counted = ",\n".join(f"        {total.sql.replace(TABLE, table)} as {identifier(total.name)}" for total in totals)
    differs = "\n    or ".join(
        f"stated.control_totals -> {literal(total.name)} <> to_jsonb(counted.{identifier(total.name)})"
        for total in totals
    )
    return (
        "select stated.delivery_id as _delivery_id, 1::bigint as _row_number\n"
        f"from {DELIVERIES} as delivery\n"
        "inner join ledger.deliveries as stated on stated.delivery_id = delivery.delivery_id\n"
        "inner join lateral (\n"
        # The count makes it one row a delivery, also where every other total has a sub-select of its own.
        f"    select\n        count(*) as _record_count,\n{counted}\n"
        f"    from {table} as record\n"
        "    where record._delivery_id = delivery.delivery_id\n"
        ") as counted on true\n"
        "where not exists (\n"
        "    select from ledger.line_fates as fate\n"
        "    where fate.delivery_id = delivery.delivery_id and fate.fate = 'quarantined'\n"
        ") and (\n"
        f"    {differs}\n"
        ")"
    )


TABLE = "$table"


def _total(name: str, definition: object, *, fields: Mapping[str, object]) -> ControlTotal:
    if not isinstance(definition, dict) or len(definition) != 1 or next(iter(definition)) not in KINDS:
        raise ContractError(f"total {name}: one of {', '.join(KINDS)}")
    ((kind, what),) = definition.items()
    named = list(what) if isinstance(what, dict | list) else [what]
    if unknown := [field for field in named if field not in fields]:
        raise ContractError(f"total {name}: names no field of this contract: {unknown[0]}")
    if kind == "count" and isinstance(what, dict):
        return _count(name, what)
    if kind == "count_by" and isinstance(what, list) and what:
        return _count_by(name, what)
    if kind == "distinct" and isinstance(what, str):
        return ControlTotal(name, f"distinct values of `{what}`", f"count(distinct rules.trimmed({column(what)}))")
    if kind == "largest" and isinstance(what, str):
        return ControlTotal(
            name,
            f"the largest number at the end of `{what}`",
            f"coalesce(max(rules.trailing_number({column(what)})), 0)",
        )
    raise ContractError(f"total {name}: {kind} is not written like this")


def _count(name: str, where: Mapping[str, object]) -> ControlTotal:
    conditions, words = [], []
    for field, codes in where.items():
        if not isinstance(codes, list):
            raise ContractError(f"total {name}: {field} lists codes, none for any value")
        if codes:
            listed = ", ".join(literal(str(code)) for code in codes)
            conditions.append(f"rules.is_code({column(field)}, array[{listed}])")
            words.append(f"`{field}` is {' or '.join(map(str, codes))}")
        else:
            conditions.append(f"rules.trimmed({column(field)}) is not null")
            words.append(f"`{field}` is given")
    if not conditions:
        return ControlTotal(name, "all records", "count(*)")
    return ControlTotal(
        name, f"records where {' and '.join(words)}", f"count(*) filter (where {' and '.join(conditions)})"
    )


def _count_by(name: str, fields: list[str]) -> ControlTotal:
    code = " || ':' || ".join(f"coalesce({column(field)}, '')" for field in fields)
    return ControlTotal(
        name,
        f"records by {' and '.join(f'`{field}`' for field in fields)}, as an object of numbers",
        "(\n"
        "            select coalesce(jsonb_object_agg(part._code, part.record_count), jsonb_build_object())\n"
        "            from (\n"
        f"                select {code} as _code, count(*) as record_count\n"
        f"                from {TABLE} as record\n"
        "                where record._delivery_id = delivery.delivery_id\n"
        "                group by _code\n"
        "            ) as part\n"
        "        )",
    )
