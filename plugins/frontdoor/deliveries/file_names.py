"""The file name grammar, {token}_{la}_{source}_{period to}_{sequence}.{extension}; other names are not repeated."""

import re
from dataclasses import dataclass

_DELIVERY = re.compile(
    r"(?P<token>[a-z][a-z0-9]{1,19})_(?P<la_code>[0-9]{3})_(?P<source_org>[A-Za-z0-9]{1,16})"
    r"_(?P<period_to>[0-9]{8}T[0-9]{4})_(?P<sequence_no>[0-9]{5,9})\.(?P<extension>csv|json|jsonl)"
)
MANIFEST_SUFFIX = ".manifest.json"
UNFINISHED_SUFFIX = ".part"


@dataclass(frozen=True, slots=True)
class DeliveryName:
    """What a well-formed file name says about its delivery."""

    file_name: str
    token: str
    la_code: str
    source_org: str
    period_to: str
    sequence_no: int
    extension: str

    @property
    def stem(self) -> str:
        """The name without its extension."""
        return self.file_name.rpartition(".")[0]

    @property
    def manifest_names(self) -> tuple[str, str]:
        """The names its manifest may have."""
        return self.stem + MANIFEST_SUFFIX, self.file_name + MANIFEST_SUFFIX


def parsed_name(file_name: str) -> DeliveryName | None:
    """Return what a name says, or None when it does not follow the grammar."""
    found = _DELIVERY.fullmatch(file_name)
    if found is None:
        return None
    parts = found.groupdict()
    return DeliveryName(file_name=file_name, sequence_no=int(parts.pop("sequence_no")), **parts)


def manifest_stem(file_name: str) -> str | None:
    """Return the data file's stem when this is the name of a well-formed delivery's manifest."""
    if not file_name.endswith(MANIFEST_SUFFIX):
        return None
    stem = file_name.removesuffix(MANIFEST_SUFFIX)
    if found := parsed_name(stem):
        return found.stem
    return stem if parsed_name(f"{stem}.csv") else None
