"""A delivery in hand: its bytes archived, its manifest read, and what can be said before reading its lines."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from frontdoor.deliveries.archive import ArchivedFile
from frontdoor.deliveries.encodings import Encoding, encoding_of
from frontdoor.deliveries.file_names import DeliveryName
from frontdoor.deliveries.manifest import Manifest
from frontdoor.errors import DeliveryRefused


@dataclass(frozen=True, slots=True)
class Received:
    """One picked-up file; `refusal` is set when it was refused before its lines were read."""

    name: DeliveryName
    archived: ArchivedFile
    manifest: Manifest | None
    received_at: datetime
    refusal: DeliveryRefused | None = None

    @property
    def is_nil_return(self) -> bool:
        """Whether the manifest says that there was nothing to report."""
        return self.manifest is not None and self.manifest.nil_return and self.manifest.row_count == 0

    @property
    def identity(self) -> str:
        """The delivery's SHA-256.

        The bytes of quiet days are alike, so a nil return's identity also holds its source and sequence number:
        otherwise the second quiet day would pass for a copy of the first.
        """
        if self.manifest is None or not self.is_nil_return:
            return self.archived.sha256
        said = (self.archived.sha256, self.name.token, self.manifest.source_org, str(self.manifest.sequence_no))
        return hashlib.sha256("\n".join(said).encode()).hexdigest()

    @property
    def delivery_id(self) -> int:
        """The first 63 bits of the identity."""
        return int(self.identity[:16], 16) >> 1


def check_envelope(received: Received, *, feed: str, council: str) -> Manifest:
    """Return the manifest of a delivery whose envelope is in order; raises DeliveryRefused otherwise."""
    if received.refusal is not None:
        raise received.refusal
    manifest = received.manifest
    if manifest is None:
        raise DeliveryRefused("the file came without its manifest", rule_id="ENV-D01")
    if keys := manifest.contradictions(received.name, feed=feed, council=council):
        raise DeliveryRefused(f"the manifest contradicts the delivery: {', '.join(keys)}", rule_id="ENV-D03")
    if manifest.sha256 != received.archived.sha256:
        raise DeliveryRefused("the file's hash is not the manifest's", rule_id="ENV-D04")
    if received.archived.is_utf16:
        raise DeliveryRefused("the file is UTF-16", rule_id="ENV-D08")
    return manifest


def encoding_for(archived: ArchivedFile, *, accepts_cp1252: bool) -> Encoding:
    """Return the encoding in which a delivery will be read."""
    return "utf-8" if archived.is_utf8 else encoding_of(archived.path, accepts_cp1252=accepts_cp1252)
