"""Run by the Python of an environment that has banff (Statistics Canada; GPL: never in ours): error localisation of the
same records. Reads the records as CSV, writes seconds and the fields to be changed as JSON.

python localising_peer.py RECORDS.csv EDITS.txt OUT.json
"""

import json
import sys
from pathlib import Path
from time import perf_counter


def main(records: str, edits: str, out: str) -> None:
    import banff
    import pandas as pd

    told = pd.read_csv(records, dtype={"ident": str}).astype({f"x{i}": float for i in range(12)})
    start = perf_counter()
    found = banff.errorloc(
        indata=told,
        edits=Path(edits).read_text(),
        unit_id="ident",
        accept_negative=True,
        cardinality=3,
        time_per_obs=1000,
    )
    seconds = perf_counter() - start
    frame = found.outstatus if isinstance(found.outstatus, pd.DataFrame) else found.outstatus.to_pandas()
    sets: dict[str, list[str]] = {}
    for ident, field in zip(frame["ident"], frame["FIELDID"], strict=True):
        sets.setdefault(str(ident), []).append(str(field))
    Path(out).write_text(json.dumps({"seconds": seconds, "sets": sets, "version": banff.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
