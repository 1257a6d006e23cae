"""A receipt as a page to read: no script, nothing from elsewhere, printable."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from frontdoor.quality.receipts import Receipt

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #0b0c0c; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.15rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; } caption { text-align: left; color: #505a5f; }
th, td { text-align: left; padding: .35rem .6rem .35rem 0; border-bottom: 1px solid #b1b4b6; vertical-align: top; }
.state { padding: .6rem .8rem; border-left: .4rem solid #505a5f; }
.accepted { border-color: #00703c; } .rejected { border-color: #d4351c; }
"""
_VERDICTS = {
    "accepted": "Accepted. Lines in quarantine wait for a person; everything else is in use.",
    "rejected": "Rejected. Nothing of this file is in use. Correct what is named below and send it again.",
}


def receipt_page(receipt: "Receipt") -> str:
    """Return the page of one receipt."""
    parts = [
        f"<h1>Receipt for {escape(receipt.file_name)}</h1>",
        f'<p class="state {escape(receipt.state)}">{escape(_verdict(receipt))}</p>',
        _table("What we received", ("", ""), _facts(receipt)),
        _table("What became of its lines", ("Lines", "Count"), receipt.lines.items()),
    ]
    if receipt.broken_rules:
        rows = [
            (
                rule.rule_id,
                rule.severity,
                f"{rule.sentence} {rule.action}",
                rule.field_name or "",
                rule.broken_count,
                _listed(rule.line_numbers, rule.broken_count),
            )
            for rule in receipt.broken_rules
        ]
        heads = ("Rule", "Outcome", "What must hold, and what to do", "Field", "Count", "Lines")
        parts.append(_table("Rules that were not met", heads, rows))
    if receipt.column_drift:
        drift = [(column.kind, column.column_name, column.field_name or "") for column in receipt.column_drift]
        parts.append(_table("Columns that differ from the contract", ("How", "Column", "Our field"), drift))
    if receipt.control_totals:
        totals = [(name, _total(value)) for name, value in sorted(receipt.control_totals.items())]
        parts.append(_table("Control totals you stated", ("Total", "Value"), totals))
    return (
        '<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Receipt: {escape(receipt.file_name)}</title><style>{_STYLE}</style></head><body>"
        + "\n".join(parts)
        + "</body></html>\n"
    )


def _verdict(receipt: "Receipt") -> str:
    detail = f" Reason: {receipt.rejected_detail} ({receipt.rejected_rule_id})." if receipt.rejected_detail else ""
    return _VERDICTS[receipt.state] + detail


def _facts(receipt: "Receipt") -> list[tuple[str, object]]:
    return [
        ("Feed", receipt.feed),
        ("Sender", receipt.source_org or "not stated"),
        ("Sequence number", receipt.sequence_no if receipt.sequence_no is not None else "not stated"),
        ("Received", receipt.received_at),
        ("Settled", receipt.settled_at),
        ("SHA-256", receipt.sha256),
        ("Bytes", receipt.byte_count),
        ("Records in the manifest", "not stated" if receipt.manifest_row_count is None else receipt.manifest_row_count),
        ("Nil return", "yes" if receipt.is_nil_return else "no"),
    ]


def _table(caption: str, heads: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(cell))}</td>" for cell in row) + "</tr>" for row in rows)
    shown = f"<thead><tr>{head}</tr></thead>" if any(heads) else ""
    return f"<h2>{escape(caption)}</h2><table>{shown}<tbody>{body}</tbody></table>"


def _listed(numbers: Sequence[int], count: int) -> str:
    more = f" and {count - len(numbers)} more" if numbers and count > len(numbers) else ""
    return ", ".join(map(str, numbers)) + more


def _total(value: object) -> str:
    return ", ".join(f"{code} {count}" for code, count in value.items()) if isinstance(value, dict) else str(value)
