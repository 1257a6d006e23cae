"""All generated files: where each stands and what it must hold."""

from itertools import groupby
from pathlib import Path

from frontdoor.alerts.catalogue import load_catalogue
from frontdoor.contracts.load import load_contracts
from frontdoor.linkage.macro_text import MACRO_PATH, linkage_macros
from frontdoor.linkage.model import load_linkage_model
from frontdoor.pages.dictionary import data_dictionary
from frontdoor.pages.feed_page import feed_page
from frontdoor.pages.rules_page import rules_page
from frontdoor.pages.sources import sources_path, sources_yaml
from frontdoor.settings import REPOSITORY, Settings


def generated_files(settings: Settings, *, docs: Path = REPOSITORY / "docs") -> dict[Path, str]:
    """Return the text of every generated file by its path."""
    contracts = load_contracts(settings)
    files = {
        settings.dbt_project_dir / sources_path(agency): sources_yaml(group)
        for agency, group in groupby(contracts, key=lambda contract: contract.agency)
    }
    files |= {docs / "feeds" / f"{contract.feed}.md": feed_page(contract) for contract in contracts}
    files[settings.dbt_project_dir / MACRO_PATH] = linkage_macros(load_linkage_model(settings))
    files[docs / "data-dictionary.md"] = data_dictionary(settings.dbt_project_dir)
    files[docs / "rules.md"] = rules_page(contracts, catalogue=load_catalogue(settings))
    return files


def stale_files(settings: Settings, *, docs: Path = REPOSITORY / "docs") -> list[Path]:
    """Return the generated files that are missing or not what they must be, and pages of feeds that are no more."""
    files = generated_files(settings, docs=docs)
    wrong = [path for path, text in files.items() if not path.is_file() or path.read_text(encoding="utf-8") != text]
    left_over = [path for path in (docs / "feeds").glob("*.md") if path not in files]
    return sorted(wrong + left_over)


def write_files(settings: Settings, *, docs: Path = REPOSITORY / "docs") -> list[Path]:
    """Bring every generated file up to date and return those that changed."""
    files = generated_files(settings, docs=docs)
    changed = stale_files(settings, docs=docs)
    for path in changed:
        if path in files:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(files[path], encoding="utf-8")
        else:
            path.unlink()
    return changed
