"""Charts as inline SVG: no script, no outside file, no style attribute, a title and a description each.

Every chart stands beside or above its numbers as text: nothing is said by colour or by a picture alone.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from frontdoor.alerts.brief.facts import Day, OpenAlert, Segment

# Told apart by people who cannot tell red from green, and in print.
MET, LATE, OVERDUE, QUIET, GRACE = "#2c6cb0", "#e0a12b", "#b3261e", "#b9c4cd", "#8fb8de"
INK, MUTED, RULE = "#16222c", "#4d5c69", "#dde4ea"
SEVERITY_COLOURS = {1: OVERDUE, 2: LATE, 3: MET, 4: QUIET}


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a chart's legend."""

    label: str
    colour: str


TIMELINESS_KEYS = (Key("in time", MET), Key("done late", LATE), Key("overdue, not done", OVERDUE))
REFERRAL_KEYS = (
    Key("received", MET),
    Key("in its grace", GRACE),
    Key("withdrawn", QUIET),
    Key("sent and never received", OVERDUE),
)
AGE_KEYS = tuple(Key(f"SEV{severity}", colour) for severity, colour in SEVERITY_COLOURS.items() if severity < 4)
_AGES = (
    ("under 4 h", 4.0),
    ("4 to 24 h", 24.0),
    ("1 to 2 days", 48.0),
    ("2 to 4 days", 96.0),
    ("longer", float("inf")),
)


def timeliness(segments: Sequence[Segment], labels: dict[str, str]) -> Markup:
    """A bar for each segment: what was due in the week, by how it ended."""
    row, left, width, right = 34, 345, 430, 205
    height = row * len(segments) + 22
    parts = []
    for quarter in (0, 25, 50, 75, 100):
        x = left + width * quarter / 100
        parts.append(_line(x, 4, x, height - 20))
        parts.append(_text(x, height - 4, f"{quarter}%", anchor="middle", size=11, colour=MUTED))
    for number, segment in enumerate(segments):
        y = 8 + number * row
        parts.append(_text(0, y + 15, segment.segment_code, weight=600))
        parts.append(_text(40, y + 15, labels.get(segment.segment_code, "")))
        shares = (
            (segment.met_count, MET),
            (segment.late_count, LATE),
            (segment.overdue_count, OVERDUE),
        )
        parts.append(_stack(left, y + 2, width, 18, shares, total=segment.due_count))
        # Rounded down: with one child overdue it is not a hundred per cent.
        told = f"{segment.met_count * 100 // max(segment.due_count, 1)}% of {segment.due_count}"
        parts.append(_text(left + width + 14, y + 15, told, weight=600))
        if segment.overdue_count:
            parts.append(
                _text(left + width + 112, y + 15, f"{segment.overdue_count} overdue", colour=OVERDUE, weight=600)
            )
    return _svg(
        left + width + right,
        height,
        "Timeliness of each segment over the last seven days",
        "; ".join(
            f"{s.segment_code}: {s.met_count} of {s.due_count} in time, {s.overdue_count} overdue" for s in segments
        ),
        parts,
    )


def referrals(days: Sequence[Day]) -> Markup:
    """A column for each day: the referrals sent on it, by what became of them."""
    width, height, foot, head = 520, 236, 26, 22
    tallest = max((day.sent_count for day in days), default=0) or 1
    step = width / max(len(days), 1)
    parts = [_line(0, height - foot, width, height - foot)]
    for number, day in enumerate(days):
        x, y = number * step + step * 0.18, float(height - foot)
        for count, colour in (
            (day.received_count, MET),
            (day.in_grace_count, GRACE),
            (day.withdrawn_count, QUIET),
            (day.missing_count, OVERDUE),
        ):
            tall = (height - foot - head) * count / tallest
            y -= tall
            parts.append(_rect(x, y, step * 0.64, tall, colour))
        centre = number * step + step / 2
        parts.append(_text(centre, height - 8, day.day, anchor="middle", size=12, colour=MUTED))
        if day.missing_count:
            parts.append(
                _text(centre, y - 6, f"{day.missing_count} lost", anchor="middle", size=12, colour=OVERDUE, weight=700)
            )
        elif day.sent_count:
            parts.append(_text(centre, y - 6, str(day.sent_count), anchor="middle", size=12, colour=MUTED))
    return _svg(
        width,
        height,
        "Referrals sent on each of the last eight days, by what became of them",
        "; ".join(f"{day.day}: {day.sent_count} sent, {day.missing_count} never received" for day in days),
        parts,
    )


def ages(alerts: Sequence[OpenAlert], hours_late: Callable[[OpenAlert], float]) -> Markup:
    """A bar for each age: how long open alerts are past their due time, by severity."""
    row, left, width, right = 38, 104, 330, 50
    counts = {label: dict.fromkeys((1, 2, 3, 4), 0) for label, _ in _AGES}
    for alert in alerts:
        late = hours_late(alert)
        label = next(label for label, limit in _AGES if late < limit or limit == float("inf"))
        counts[label][alert.severity] += 1
    longest = max((sum(by.values()) for by in counts.values()), default=0) or 1
    parts = []
    for number, (label, by) in enumerate(counts.items()):
        y, total = 6 + number * row, sum(by.values())
        parts.append(_text(0, y + 18, label))
        shares = tuple((by[severity], colour) for severity, colour in SEVERITY_COLOURS.items())
        long = width * total / longest
        parts.append(_stack(left, y + 2, long, 24, shares, total=total))
        parts.append(_text(left + long + 8, y + 19, str(total), weight=600))
    return _svg(
        left + width + right,
        row * len(counts) + 6,
        "How long open alerts are past their due time, by severity",
        "; ".join(f"{label}: {sum(by.values())}" for label, by in counts.items()),
        parts,
    )


def _stack(x: float, y: float, width: float, height: float, shares: Sequence[tuple[int, str]], *, total: int) -> Markup:
    parts, at = [_rect(x, y, width, height, "#eef2f5")], x
    for count, colour in shares:
        long = width * count / total if total else 0.0
        if long > 0:
            parts.append(_rect(at, y, long, height, colour))
        at += long
    return Markup("").join(parts)


def _svg(width: float, height: float, title: str, description: str, parts: Sequence[Markup]) -> Markup:
    return Markup(
        '<svg viewBox="0 0 {w:.0f} {h:.0f}" role="img" xmlns="http://www.w3.org/2000/svg">'
        "<title>{title}</title><desc>{desc}</desc>{body}</svg>"
    ).format(w=width, h=height, title=title, desc=description, body=Markup("").join(parts))


def _rect(x: float, y: float, width: float, height: float, colour: str) -> Markup:
    return Markup('<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" fill="{}"/>').format(
        x, y, width, height, colour
    )


def _line(x1: float, y1: float, x2: float, y2: float) -> Markup:
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" stroke="{}"/>').format(x1, y1, x2, y2, RULE)


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", size: int = 13, colour: str = INK, weight: int = 400
) -> Markup:
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" text-anchor="{}" font-size="{}" fill="{}" font-weight="{}">{}</text>'
    ).format(x, y, anchor, size, colour, weight, escape(text))
