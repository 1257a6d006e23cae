"""Times as people type them at the command line."""

from datetime import UTC, datetime

import typer


def moment_typed(text: str | None) -> datetime:
    """Return the moment in UTC; now when none was typed.

    Raises typer.BadParameter for anything but a time with its offset: a time without one is another time in summer.
    """
    if text is None:
        return datetime.now(UTC)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("write a time as 2026-03-09T08:00+00:00") from None
    if moment.tzinfo is None:
        raise typer.BadParameter("give the time with its offset, as in 2026-03-09T08:00+00:00")
    return moment.astimezone(UTC)
