"""Imported by every Python process of an end-to-end test: notes and refuses whatever would leave this machine."""

import os
import sys
from typing import Any

LOG = os.environ.get("SOCKET_GUARD_LOG")
HERE = ("", "localhost", "127.0.0.1", "::1", "0.0.0.0", "::", b"localhost", None)


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else None
    elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"):
        host = arguments[0]
    else:
        return
    if host in HERE or str(host).startswith("127."):
        return
    with open(LOG or os.devnull, "a") as log:  # noqa: PTH123  pathlib would be imported by every process
        log.write(f"{event} {host!r} by {' '.join(sys.argv)[:200]}\n")
    raise ConnectionRefusedError("an end-to-end test reaches nothing outside this machine")


if LOG:
    sys.addaudithook(_watch)
