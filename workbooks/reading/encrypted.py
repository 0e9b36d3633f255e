"""Open a file that has a password, with those that the office was told."""

from collections.abc import Sequence
from io import BytesIO

from workbooks.reading.unreadable import UnreadableReturn

# Excel's own: a workbook that is only protected against changes is stored under it, and opens without asking.
_DEFAULT = "VelvetSweatshop"


def decrypt(data: bytes, passwords: Sequence[str]) -> bytes:
    """The workbook inside.

    Raises:
        UnreadableReturn: no password opens it (`encrypted`), or it is damaged.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, InvalidKeyError

    for password in (_DEFAULT, *passwords):
        opened = BytesIO()
        try:
            office = msoffcrypto.OfficeFile(BytesIO(data))
            office.load_key(password=password)
            office.decrypt(opened)
        except (InvalidKeyError, DecryptionError):
            continue
        except MemoryError:
            raise
        # The library leaves what a malformed container raises as it is: struct.error, KeyError, OSError …
        except Exception as error:
            raise UnreadableReturn("damaged", f"{type(error).__name__}: {error}") from error
        if opened.tell() and opened.getvalue()[:4] in (b"PK\x03\x04", b"\xd0\xcf\x11\xe0"):
            return opened.getvalue()
    raise UnreadableReturn("encrypted")
