"""Settings: where things lie and how patient we are. From the environment (YUEJI_…) or `yueji.env`."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic_settings import BaseSettings, SettingsConfigDict

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Settings(BaseSettings):
    """Every setting has a default that works in a checkout.

    Attributes:
        root: folder that `inbound`, `outbound` and `var` lie in.
        journal_url: SQLAlchemy URL of the record; empty: SQLite in `var`. Not on a network share (WAL).
        settle_seconds: a drop whose size or time changes within these is still being written.
        half_written_hours: a file without a zip end record is waited for that long, then returned.
        passwords: tried on files that have one; JSON, as in ["2022", "office"].
        patience_seconds: a night waits that long for a run that is taking files in.
        publish_on_touch: publish months again that were published before and whose figures changed.
    """

    model_config = SettingsConfigDict(env_prefix="YUEJI_", env_file="yueji.env", extra="ignore")

    root: Path = Path()
    journal_url: str = ""
    settle_seconds: float = 2.0
    half_written_hours: float = 24.0
    passwords: tuple[str, ...] = ()
    patience_seconds: float = 900.0
    publish_on_touch: bool = True
    file_bytes: int = 50 << 20
    unzipped_bytes: int = 500 << 20
    cells: int = 3_000_000
    sheets: int = 200
    members: int = 200
    seconds_per_file: float = 60.0
    memory_bytes: int = 1 << 30

    @property
    def inbound(self) -> Path:
        return self.root / "inbound"

    @property
    def outbound(self) -> Path:
        return self.root / "outbound"

    @property
    def var(self) -> Path:
        return self.root / "var"

    @property
    def database(self) -> str:
        return self.journal_url or f"sqlite:///{self.var.absolute() / 'journal.db'}"


def now() -> datetime:
    """Wall time of Asia/Shanghai, to the second, without a zone: the time of the record."""
    return datetime.now(SHANGHAI).replace(tzinfo=None, microsecond=0)


def end_of(day: datetime) -> datetime:
    """The last moment of a day that was given without a time: known by 24:00."""
    if (day.hour, day.minute, day.second) == (0, 0, 0):
        return day.replace(hour=23, minute=59, second=59)
    return day
