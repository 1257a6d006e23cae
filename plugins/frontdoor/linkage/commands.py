"""`frontdoor review` and `frontdoor explain`: people decide, and are told why."""

import getpass
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.table import Table

from frontdoor.errors import FrontdoorError
from frontdoor.linkage import decisions, touches
from frontdoor.linkage import explain as explaining
from frontdoor.linkage.model import LinkageModel, load_linkage_model
from frontdoor.linkage.reasons import reason_in_words
from frontdoor.linkage.records import Record, find_pair, refuse_adoption, short, steward, without_a_value
from frontdoor.linkage.reviews import (
    Review,
    decisions_without_a_record,
    list_reviews,
    oversized_numbers,
    pair_of_review,
    side_by_side,
)
from frontdoor.moments import moment_typed
from frontdoor.settings import Settings

app = typer.Typer()
review_app = typer.Typer(no_args_is_help=True, help="Decide which records are one child, and which are not.")
app.add_typer(review_app, name="review")

RecordArgument = Annotated[
    str, typer.Argument(metavar="RECORD", help="Its key, the beginning of its key, or scope:number as in council:1234.")
]


def _decision_no(written: str | int) -> int:
    """A decision's number, also as the list of reviews writes it."""
    number = str(written).strip().upper().removeprefix("D")
    if not number.isdecimal() or int(number) < 1:
        raise typer.BadParameter("a decision has a number, as in 5 or D5")
    return int(number)


DecisionNo = Annotated[
    int, typer.Argument(metavar="DECISION_NO", parser=_decision_no, help="The number the decision was given.")
]
Reason = Annotated[
    str, typer.Option("--reason", help="Why, in a few words; it is kept, and shown with the records only.")
]
By = Annotated[str, typer.Option("--by", help="Who decides; it is kept.")]
Looker = Annotated[str | None, typer.Option("--by", help="Who looks; it is kept. Default: your login name.")]
Asker = Annotated[
    str | None,
    typer.Option("--by", help="Who asks; kept only where an adoption forbids the answer. Default: your login name."),
]
Reviewer = Annotated[str | None, typer.Option("--reviewer", help="Who looked over it before, if anybody.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="The moment asked about, with its offset. Default: now.")]
TOUCHED = "what the decision touches"
NEXT_BUILD = "`frontdoor build` applies it; until then everything is as it was"


class Format(StrEnum):
    """How a list is printed."""

    TABLE = "table"
    JSON = "json"


@review_app.command("list")
def list_command(
    *,
    limit: Annotated[int | None, typer.Option(min=1, help="Only so many, the most harmful first.")] = None,
    output: Annotated[Format, typer.Option("--format", help="For people or for programs.")] = Format.TABLE,
    as_of: AsOf = None,
) -> None:
    """List the pairs that wait for a person, those behind which a child may be in danger first. Names nobody."""
    moment = moment_typed(as_of)
    with steward(Settings()) as connection:
        found = list_reviews(connection, as_of=moment, limit=limit)
        below = [
            *decisions_without_a_record(connection),
            *oversized_numbers(connection, load_linkage_model(Settings())),
        ]
    if output is Format.JSON:
        typer.echo(json.dumps([_as_data(review, moment) for review in found], default=str, indent=2))
        return
    table = Table("review", "why a person is asked", "agencies", "chance", "waits", "urgent because", box=None)
    for review in found:
        chance = "-" if review.probability is None else explaining.percent(review.probability)
        reason = reason_in_words(review.reason_code)
        if review.decision_no and review.reason_code != "CONFIRMATION":
            reason = f"{reason}; decision {review.decision_no} waits for a second person"
        table.add_row(
            short(review.review_key), reason, review.agencies, chance, _age(review.waited(moment)), review.urgency
        )
    Console(highlight=False, markup=False, width=None if Console().is_terminal else 200).print(table)
    typer.echo(f"{len(found)} {'shown' if limit else 'waiting'}, as of {moment:%Y-%m-%d %H:%M %Z}")
    _say(below)


@review_app.command()
def show(
    references: Annotated[
        list[str], typer.Argument(metavar="REVIEW | RECORD RECORD", help="A review, or two records.")
    ],
    by: Looker = None,
) -> None:
    """Show two records side by side, what speaks for and against, and what a decision would touch. The look is kept."""
    if len(references) > 2:
        raise typer.BadParameter("name one review, or two records")
    who, moment, model = _who_looks(by), datetime.now(UTC), load_linkage_model(Settings())
    with steward(Settings()) as connection:
        pair = pair_of_review(connection, references[0]) if len(references) == 1 else (references[0], references[1])
        left, right = find_pair(connection, *pair)
        refuse_adoption(connection, left, right, by=who, at=moment)
        fields = side_by_side(connection, left, right, by=who, at=moment)
        shown = [
            *_told(connection, "what speaks for and against", lambda: _explained(connection, model, left, right)),
            *_told(connection, "what people decided", lambda: _reasons(connection, left, right)),
            *_told(connection, "what a decision touches", lambda: _touched(connection, left, right)),
        ]
    _print_side_by_side(left, right, fields)
    _say([*shown, ""])
    _say(f"to decide: frontdoor review {kind} {left.short} {right.short} --reason TEXT --by NAME" for kind in _KINDS)


@review_app.command("link")
def link_pair(
    left: RecordArgument, right: RecordArgument, *, reason: Reason, by: By, reviewer: Reviewer = None
) -> None:
    """Say that two records are one child, whatever the evidence becomes."""
    _decide("link", left, right, decisions.Author(by, datetime.now(UTC), reason, reviewer))


@review_app.command("separate")
def separate_pair(
    left: RecordArgument, right: RecordArgument, *, reason: Reason, by: By, reviewer: Reviewer = None
) -> None:
    """Say that two records are two children, whatever the evidence becomes."""
    _decide("separate", left, right, decisions.Author(by, datetime.now(UTC), reason, reviewer))


@review_app.command()
def undo(decision_no: DecisionNo, *, reason: Reason, by: By, reviewer: Reviewer = None) -> None:
    """Take a decision back, and say what comes back with it."""
    author = decisions.Author(by, datetime.now(UTC), reason, reviewer)
    with steward(Settings()) as connection:
        waited = decisions.decision_numbered(connection, decision_no).awaits_confirmation
        decision = decisions.undo(connection, decision_no, author)
        connection.commit()
        told = [] if waited else _told(connection, TOUCHED, lambda: _undone(connection, decision))
    _say([f"decision {decision_no} is undone", *(told or ["it had not taken effect, so nothing else changes"])])
    if not waited:
        typer.echo(NEXT_BUILD)


@review_app.command()
def confirm(
    decision_no: DecisionNo,
    *,
    by: By,
    reason: Annotated[str, typer.Option("--reason", help="Why, if there is more to say.")] = "seen and agreed",
) -> None:
    """Let a decision about a restricted child take effect: the second person's word."""
    author = decisions.Author(by, datetime.now(UTC), reason)
    with steward(Settings()) as connection:
        decision = decisions.confirm(connection, decision_no, author)
        connection.commit()
        told = _told(connection, TOUCHED, lambda: _done(connection, decision))
    _say([f"decision {decision_no} is {decision.state}", *told, NEXT_BUILD])


@app.command()
def explain(
    left: RecordArgument,
    right: RecordArgument,
    *,
    svg: Annotated[Path | None, typer.Option("--svg", help="Also draw it, into this file.")] = None,
    by: Asker = None,
) -> None:
    """Explain why two records are, or are not, one child: field by field, without a value of theirs."""
    model, who = load_linkage_model(Settings()), _who_looks(by)
    with steward(Settings()) as connection:
        found = explaining.explain(connection, model, left, right, by=who, at=datetime.now(UTC))
    _say(explaining.words(found))
    if svg is not None:
        from frontdoor.linkage.waterfall import waterfall

        picture = waterfall(explaining.evidence_of(found), decided=explaining.decided(found))
        try:
            svg.write_text(picture, encoding="utf-8")
        except OSError as error:
            raise FrontdoorError(f"{svg.name} cannot be written ({error.strerror}); name another file") from None
        typer.echo(svg)


_KINDS = ("link", "separate")


def _decide(kind: decisions.Kind, left: str, right: str, author: decisions.Author) -> None:
    with steward(Settings()) as connection:
        pair = find_pair(connection, left, right)
        decision, is_new = decisions.decide(connection, kind, *pair, author)
        connection.commit()
        told = _told(connection, TOUCHED, lambda: _done(connection, decision)) if is_new else []
        if is_new and kind == "link":
            told = [*_told(connection, "what the evidence says by itself", lambda: _weighed(connection, *pair)), *told]
    number = decision.decision_no
    if not is_new:
        _say([f"decision {number} says so already, {decision.state}; nothing was changed"])
        return
    if decision.awaits_confirmation:
        _say(
            [
                f"decision {number} waits for a second person: a restricted child is concerned",
                f"until another person has looked and said `frontdoor review confirm {number}` nothing changes; then",
                *told,
            ]
        )
        return
    _say([f"decision {number} is kept", *told, NEXT_BUILD])


def _told(connection: psycopg.Connection, what: str, work_out: Callable[[], list[str]]) -> list[str]:
    """Return what is worked out, or that it cannot be told now, and why.

    While a build is red a model may be missing, and weights may be for other comparisons than a release has; what
    somebody decided must not hang on words about it.
    """
    try:
        return work_out()
    except FrontdoorError as error:
        why: FrontdoorError = error
    except psycopg.Error as error:
        connection.rollback()
        why = without_a_value(error)
    return [f"{what} cannot be told now: {why}"]


def _done(connection: psycopg.Connection, decision: decisions.Decision) -> list[str]:
    touched = touches.touches(connection, *touches.records_of(connection, decision))
    return touches.after_decision(decision.kind, touched)


def _undone(connection: psycopg.Connection, decision: decisions.Decision) -> list[str]:
    touched = touches.touches(connection, *touches.records_of(connection, decision))
    return touches.after_undo(connection, decision, touched)


def _weighed(connection: psycopg.Connection, left: Record, right: Record) -> list[str]:
    found = explaining.explain_pair(connection, load_linkage_model(Settings()), left, right)
    return [f"the evidence by itself: {explaining.evidence_in_words(found)}"]


def _explained(connection: psycopg.Connection, model: LinkageModel, left: Record, right: Record) -> list[str]:
    return explaining.words(explaining.explain_pair(connection, model, left, right))[1:]


def _reasons(connection: psycopg.Connection, left: Record, right: Record) -> list[str]:
    made = decisions.decisions_about(connection, left, right)
    return [f"  reason of decision {decision.decision_no} ({decision.state}): {decision.reason}" for decision in made]


def _touched(connection: psycopg.Connection, left: Record, right: Record) -> list[str]:
    touched = touches.touches(connection, left, right)
    records = ", ".join(f"child {short(key)} has {count}" for key, count in touched.record_counts.items())
    return [f"records: {records}", *touches.in_words(touched)]


def _print_side_by_side(left: Record, right: Record, fields: list[tuple[str, str, str]]) -> None:
    table = Table("", f"{left.short} ({left.agency})", f"{right.short} ({right.agency})", "", box=None)
    for label, one, other in fields:
        table.add_row(label, one, other, "differs" if one and other and one != other else "")
    Console(highlight=False, markup=False, width=None if Console().is_terminal else 160).print(table)
    typer.echo()


def _as_data(review: Review, as_of: datetime) -> dict[str, Any]:
    waited = review.waited(as_of)
    return {
        "review_key": review.review_key,
        "left_record_key": review.left_record_key,
        "right_record_key": review.right_record_key,
        "left_child_key": review.left_child_key,
        "right_child_key": review.right_child_key,
        "reason_code": review.reason_code,
        "reason": reason_in_words(review.reason_code),
        "agencies": review.agencies,
        "probability": review.probability,
        "waits_hours": None if waited is None else round(waited.total_seconds() / 3600, 1),
        "is_missing": review.is_missing,
        "has_red_enquiry": review.has_red_enquiry,
        "is_restricted": review.is_restricted,
        "decision_no": review.decision_no,
    }


def _age(waited: timedelta | None) -> str:
    if waited is None:
        return "-"
    hours = int(waited.total_seconds() // 3600)
    return f"{hours // 24} d {hours % 24} h" if hours >= 24 else f"{hours} h"


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        typer.echo(line)


def _who_looks(by: str | None) -> str:
    """The name given, or the login's."""
    try:
        name = getpass.getuser() if by is None else by
    except (KeyError, OSError):
        raise FrontdoorError("say who looks: --by NAME") from None
    decisions.require_name(name, does="looks")
    return name
