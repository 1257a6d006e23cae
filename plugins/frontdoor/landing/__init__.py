"""From a file in the inbox to settled rows in the warehouse, exactly once."""
