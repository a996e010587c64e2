"""Who publishes: from town.yaml, with placeholders that can be seen for what it does not say."""

from __future__ import annotations

import re
import unicodedata

from pipeline.config.publish import ExportsConfig
from pipeline.config.town import Town
from pipeline.contracts.notes import Lineage
from pipeline.exports.licences import LICENCES, Sources, newest
from pipeline.exports.products import Publisher

# Names under .invalid never belong to anyone (RFC 6761).
HOST = "da-completare.invalid"
NO_DAY = "2000-01-01"


def slug_of(name: str) -> str:
    """A town's name as part of a file name.

    >>> slug_of("Sant'Agata de' Goti")
    'sant_agata_de_goti'
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", plain.lower()).strip("_") or "town"


def publisher_of(town: Town, config: ExportsConfig, lineage: Lineage) -> Publisher:
    """The publisher of a town's exports."""
    slug, day = slug_of(town.name), newest(Sources(lineage).all)
    email = config.contact or town.webmap.email
    given = {
        "exports.ipa_code": config.ipa_code, "exports.address": config.address, "exports.contact (or webmap.email)": email,
        "exports.modified": config.modified or day,
    }  # fmt: skip
    return Publisher(
        town=town.name, slug=slug, name=config.publisher or f"Comune di {town.name}", ipa_code=config.ipa_code or "CODICE_IPA_DA_COMPLETARE",
        address=config.address or f"https://{HOST}/{slug}/", email=email or f"ufficio@{HOST}", frequency=config.frequency, modified=config.modified or day or NO_DAY,
        licence=next(y for y in LICENCES if y.spdx == config.licence), missing=tuple(k for k, v in given.items() if not v),
    )  # fmt: skip
