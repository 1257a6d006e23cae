"""What a demonstration leaves, and the environment in which one is run."""

import os
from dataclasses import dataclass
from pathlib import Path

from frontdoor.settings import Settings

GUARD = Path(__file__).parent / "guard"


@dataclass(frozen=True, slots=True)
class Demonstration:
    """How the demonstration ended and what it left."""

    settings: Settings
    exit_code: int
    said: str
    outside: str


def guarded_environment(log: Path, **more: str) -> dict[str, str]:
    """Return an environment in which no Python process can reach anything outside this machine unnoticed."""
    log.touch()
    return {**os.environ, "PYTHONPATH": str(GUARD), "SOCKET_GUARD_LOG": str(log), **more}
