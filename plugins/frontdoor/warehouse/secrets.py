"""Passwords and keys as files only this user can read; generated where missing, never defaulted."""

import os
import secrets
from pathlib import Path


def secret(folder: Path, name: str) -> str:
    """Return the secret called `name`, generating it on first use.

    Created with O_EXCL so that two processes starting together agree on one value.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / name
    draft = folder / f".{name}.{os.getpid()}"
    if not path.exists():
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text()
