"""The manifest: a supplier's own statement of what was sent, without which a cut-off file looks whole."""

import json
from datetime import datetime
from typing import Annotated, Literal, Self

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from frontdoor.deliveries.file_names import DeliveryName
from frontdoor.errors import DeliveryRefused

LARGEST_MANIFEST_BYTES = 1 << 20

# Names and codes only: a manifest is kept and receipted, so it must not be able to hold a child's details.
TotalName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,62}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_:./+ -]{0,64}$")]
ControlTotal = int | dict[Code, int]


def _folded(value: object) -> object:
    return value.casefold() if isinstance(value, str) else value


class Manifest(BaseModel):
    """A manifest with exactly the keys of the file specification."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    feed: str = Field(max_length=63)
    schema_version: str = Field(max_length=32)
    source_org: str = Field(max_length=16)
    la_code: str = Field(pattern=r"^[0-9]{3}$")
    sequence_no: int = Field(ge=0)
    period_from: AwareDatetime
    period_to: AwareDatetime
    extract_ts: AwareDatetime
    row_count: int = Field(ge=0)
    sha256: Annotated[str, BeforeValidator(_folded)] = Field(pattern=r"^[0-9a-f]{64}$")
    control_totals: dict[TotalName, ControlTotal] = Field(default_factory=dict)
    nil_return: bool = False
    supersedes: str | None = Field(default=None, max_length=255)
    full_or_delta: Annotated[Literal["full", "delta"], BeforeValidator(_folded)] = "delta"
    contains_restricted_count: int | None = Field(default=None, ge=0)
    generated_by: str | None = Field(default=None, max_length=255)

    @model_validator(mode="after")
    def _period_is_ordered(self) -> Self:
        if self.period_from > self.period_to:
            raise ValueError("period_from is after period_to")
        return self

    def contradictions(self, name: DeliveryName, *, feed: str, council: str) -> list[str]:
        """Return the keys that contradict the file's name, its feed or this council."""
        agrees = {
            "feed": self.feed in (feed, name.token),
            "la_code": self.la_code == name.la_code == council,
            "source_org": self.source_org == name.source_org,
            "sequence_no": self.sequence_no == name.sequence_no,
        }
        return [key for key, is_true in agrees.items() if not is_true]


def read_manifest(content: bytes) -> Manifest:
    """Return the manifest; raises DeliveryRefused (ENV-D02) naming the keys at fault and none of their values."""
    if len(content) > LARGEST_MANIFEST_BYTES:
        raise DeliveryRefused("the manifest is too large", rule_id="ENV-D02")
    try:
        return Manifest.model_validate_json(content.removeprefix(b"\xef\xbb\xbf"))
    except ValidationError as error:
        faults = {".".join(map(str, fault["loc"][:1])) or "the whole" for fault in error.errors(include_input=False)}
        known = sorted(fault for fault in faults if fault in Manifest.model_fields or fault == "the whole")
        named = ", ".join(known + ["a key the specification does not have"] * (len(known) < len(faults)))
        raise DeliveryRefused(f"the manifest cannot be used: {named}", rule_id="ENV-D02") from None
    except RecursionError:
        raise DeliveryRefused("the manifest cannot be used", rule_id="ENV-D02") from None


def manifest_text(manifest: Manifest) -> str:
    """Return a manifest as the JSON text that stands beside its file."""
    return json.dumps(manifest.model_dump(mode="json"), indent=2) + "\n"


def period_to_of(name: DeliveryName) -> datetime:
    """Return the end of the period a file's name states, read as UTC."""
    return datetime.strptime(f"{name.period_to}+0000", "%Y%m%dT%H%M%z")
