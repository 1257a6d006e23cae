"""The daily brief: one page for a safeguarding lead, complete in itself."""

from frontdoor.alerts.brief.page import write_brief

__all__ = ["write_brief"]
