"""The hidden sheet `_meta` of a template: what it is a template of, and a checksum that tells when it was edited."""

import hashlib
from collections.abc import Mapping

SHEET = "_meta"
KEYS = ("template", "template_version", "district", "department", "period", "dictionary_version")
CHECKSUM = "checksum"


def checksum(meta: Mapping[str, str]) -> str:
    """The first 16 digits of the SHA-256 over the values of KEYS, a line each."""
    text = "\n".join(meta.get(key, "") for key in KEYS)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
