"""Frontdoor: a safeguarding data warehouse for a council's front door."""

__version__ = "0.1.0"
