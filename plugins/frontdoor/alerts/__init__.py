"""Checks evaluated by the clock, alerts with a life, messages without personal data, and the daily brief."""
