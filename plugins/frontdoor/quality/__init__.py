"""Judging deliveries: envelope rules, the contract's rules through Great Expectations, quarantine and receipts."""
