"""How the evidence about two records adds up, as a picture: an SVG of its own, without script or outside file."""

from dataclasses import dataclass
from xml.sax.saxutils import escape

from frontdoor.linkage.evidence import Evidence
from frontdoor.linkage.explain import percent

# Told apart by people who cannot tell red from green, and in print; every bar also says its number.
FOR, AGAINST, SUM = "#2c6cb0", "#b3261e", "#4d5c69"
INK, MUTED, RULE, PAPER = "#16222c", "#4d5c69", "#dde4ea", "#ffffff"
ROW, BAR, HEAD, FOOT = 28, 18, 40, 68
MARGIN, NAMES, WIDTH, NUMBERS = 12, 520, 460, 230


@dataclass(frozen=True, slots=True)
class Bar:
    """One step of the sum: what it says, and from where to where it goes, in bits."""

    said: str
    start: float
    end: float
    colour: str


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    def at(self, bits: float) -> float:
        """How far to the right so many bits are."""
        return NAMES + (bits - self.low) * WIDTH / (self.high - self.low)


def waterfall(evidence: Evidence, *, decided: str) -> str:
    """Return the picture: a bar for each field from the prior down to the sum, and lines at the two thresholds.

    A field that says nothing has no bar; no value of a record is in it. `decided` is what became of the sum, which
    alone does not say whether a guard stood against it.
    """
    bars = _bars(evidence)
    ends = [0.0, evidence.review_at, evidence.link_at, *(bar.start for bar in bars), *(bar.end for bar in bars)]
    scale = _Scale(min(ends), max(ends))
    foot = HEAD + ROW * len(bars)
    parts = [_line(scale.at(0), foot, RULE)]
    for number, bar in enumerate(bars):
        parts += _row(bar, HEAD + ROW * number, scale)
    parts += [
        _line(scale.at(evidence.review_at), foot, MUTED, dashes="2 4"),
        _line(scale.at(evidence.link_at), foot, INK, dashes="6 3"),
        _text(scale.at(evidence.review_at) - 5, HEAD - 14, "from here a person looks", anchor="end", colour=MUTED),
        _text(scale.at(evidence.link_at) + 5, HEAD - 14, "from here linked, unless a guard holds"),
    ]
    told = f"probability {percent(evidence.probability)}, weights version {evidence.version}"
    parts.append(_text(NAMES, foot + 30, told, weight=600))
    parts.append(_text(MARGIN, foot + 50, decided, weight=600))
    return _svg(NAMES + WIDTH + NUMBERS, foot + FOOT, evidence, bars, parts, decided)


def _bars(evidence: Evidence) -> list[Bar]:
    bars, total = [Bar("before anything is compared", 0.0, evidence.prior, SUM)], evidence.prior
    for found in evidence.findings:
        for said, bits in ((f"{found.label}: {found.level}", found.weight), ("how rare that is", found.rarity)):
            if bits:
                bars.append(Bar(said, total, total + bits, FOR if bits > 0 else AGAINST))
                total += bits
    return [*bars, Bar("sum", 0.0, total, SUM)]


def _row(bar: Bar, y: int, scale: _Scale) -> list[str]:
    left, right = sorted((scale.at(bar.start), scale.at(bar.end)))
    weight = 600 if bar.colour == SUM else 400
    return [
        _text(NAMES - 12, y + 14, bar.said, anchor="end", weight=weight),
        f'<rect x="{left:.1f}" y="{y}" width="{max(right - left, 1):.1f}" height="{BAR}" fill="{bar.colour}"/>',
        _text(right + 5, y + 14, f"{bar.end - bar.start:+.1f}", colour=bar.colour, weight=weight),
    ]


def _svg(width: int, height: int, evidence: Evidence, bars: list[Bar], parts: list[str], decided: str) -> str:
    steps = "; ".join(f"{bar.said} {bar.end - bar.start:+.1f} bits" for bar in bars)
    told = (
        f"{steps}. A person looks from {evidence.review_at:+.1f} bits, linked from {evidence.link_at:+.1f} bits;"
        f" the probability is {percent(evidence.probability)}. {decided[:1].upper()}{decided[1:]}."
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img"'
        ' aria-labelledby="title desc" font-family="sans-serif">\n'
        '<title id="title">How the evidence about two records adds up</title>\n'
        f'<desc id="desc">{escape(told)}</desc>\n'
        f'<rect width="{width}" height="{height}" fill="{PAPER}"/>\n' + "\n".join(parts) + "\n</svg>\n"
    )


def _line(x: float, foot: int, colour: str, *, dashes: str = "") -> str:
    dashed = f' stroke-dasharray="{dashes}"' if dashes else ""
    return f'<line x1="{x:.1f}" y1="{HEAD - 10}" x2="{x:.1f}" y2="{foot}" stroke="{colour}"{dashed}/>'


def _text(x: float, y: int, said: str, *, anchor: str = "start", colour: str = INK, weight: int = 400) -> str:
    return (
        f'<text x="{x:.1f}" y="{y}" text-anchor="{anchor}" font-size="12" font-weight="{weight}" fill="{colour}">'
        f"{escape(said)}</text>"
    )
