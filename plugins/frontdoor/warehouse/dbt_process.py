"""The process in which dbt runs: it imports dbt once and forks for every command it is sent.

Half of a short run is Python importing dbt, so whoever runs dbt again (deliveries one after another, the tests) keeps
this process. Started as `python -m frontdoor.warehouse.dbt_process`; orders come as lines of JSON on the standard
input, a line with the exit code answers each. The end of the input, or of whoever ordered, ends this process and the
dbt it is running.
"""

import ctypes
import gc
import json
import os
import selectors
import signal
import sys
import time
from pathlib import Path
from typing import Any, NoReturn

PR_SET_PDEATHSIG = 1
# The input does not end while a fork of who ordered holds it open; so who the parent is is looked at, too.
PATIENCE_SECONDS = 1.0


def main() -> None:
    """Do as ordered, one order at a time, until the input ends."""
    from dbt.adapters import postgres  # noqa: F401
    from dbt.cli import main as dbt

    # What was imported is shared with the forks for as long as nobody touches it.
    gc.freeze()
    for line in iter(sys.stdin.buffer.readline, b""):
        order = json.loads(line)
        dbt_ended, held_by_dbt = os.pipe()
        child = os.fork()
        if not child:
            _run(dbt.dbtRunner(), order)
        os.close(held_by_dbt)
        code = _wait(child, dbt_ended, asked_by=order["asked_by"])
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


def _wait(child: int, dbt_ended: int, *, asked_by: int) -> int:
    """Return dbt's exit code; when whoever ordered it is gone, so is dbt, and this process."""
    ready: set[object] = set()
    with selectors.DefaultSelector() as selector:
        selector.register(dbt_ended, selectors.EVENT_READ)
        selector.register(sys.stdin.buffer, selectors.EVENT_READ)
        while not ready and os.getppid() == asked_by:
            ready = {key.fileobj for key, _ in selector.select(PATIENCE_SECONDS)}
    os.close(dbt_ended)
    if dbt_ended not in ready:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        sys.exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _run(runner: Any, order: dict[str, Any]) -> NoReturn:
    """Run one command of dbt and write what became of each node; nothing else of it is kept or shown."""
    code = 1
    try:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        nothing = os.open(os.devnull, os.O_RDWR)
        for standard in range(3):
            os.dup2(nothing, standard)
        os.environ.clear()
        os.environ.update(order["environment"])
        time.tzset()
        os.chdir(order["folder"])
        os.umask(0o077)
        outcome = runner.invoke(order["arguments"])
        if outcome.result is not None:
            _write_results(outcome.result, Path(order["results"]))
        code = 0 if outcome.success else 1
    finally:
        os._exit(code)


def _write_results(ran: Any, path: Path) -> None:
    nodes = [
        {"unique_id": each.node.unique_id, "status": str(each.status), "execution_time": each.execution_time}
        for each in ran.results
    ]
    # Whole or not at all, however full the disk is.
    draft = path.with_name(f"{path.name}.part")
    draft.write_text(json.dumps({"elapsed_time": ran.elapsed_time, "results": nodes}), encoding="utf-8")
    draft.replace(path)


if __name__ == "__main__":
    main()
