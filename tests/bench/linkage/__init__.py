"""How well and how fast children are recognised, beside Splink, on records whose answers are known."""
