"""A page that can be wrong in silence is checked: its links, the commands it names, and what must never be in it."""

import re
import subprocess
from pathlib import Path

import pytest
from frontdoor.cli import COMMANDS
from frontdoor.settings import REPOSITORY

PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:)([^)\s]+)\)")
HEADING = re.compile(r"^#+\s+(.*)$", re.MULTILINE)
CODE = re.compile(r"`([^`\n]+)`|^```\n(.*?)^```", re.MULTILINE | re.DOTALL)
MAKE_TARGETS = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(), re.MULTILINE))
# A registry's host, or a path of the machine it was written on, has no place in a commit.
HOSTS_AND_PATHS = re.compile(
    "|".join(
        ["py" + r"pi\.org", "pythonhosted" + r"\.org", "registry" + r"\.npmjs", "deb" + r"\.debian\.org", "/wo" + "rk/"]
    )
)


def name(page: Path) -> str:
    return str(page.relative_to(REPOSITORY))


def anchor(heading: str) -> str:
    """The anchor a forge makes of a heading."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text()):
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), f"{link} in {name(page)} leads nowhere"
        if fragment and target.suffix == ".md":
            assert fragment in {anchor(found) for found in HEADING.findall(target.read_text())}, f"no heading {link}"


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_command_a_page_names_exists(page: Path) -> None:
    for inline, block in CODE.findall(page.read_text()):
        for line in (inline or block).splitlines():
            made = re.match(r"make ([a-z-]+)", line.strip())
            assert not made or made.group(1) in MAKE_TARGETS, f"`{line.strip()}` in {name(page)}"
            asked = re.match(r"(?:\.venv/bin/)?frontdoor ([a-z][a-z-]*)", line.strip())
            assert not asked or asked.group(1) in COMMANDS, f"`{line.strip()}` in {name(page)}"


def test_every_command_is_documented() -> None:
    written = "\n".join(page.read_text() for page in PAGES)
    undocumented = [
        command for command in COMMANDS if f"frontdoor {command}" not in written and f"make {command}" not in written
    ]
    assert undocumented == []


def test_no_commit_names_a_registry_or_a_machine() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=REPOSITORY, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    for path in filter(None, tracked):
        content = (REPOSITORY / path).read_bytes().decode(errors="replace") if (REPOSITORY / path).is_file() else ""
        found = HOSTS_AND_PATHS.search(content)
        assert found is None, f"{path} names {found and found.group()}"
