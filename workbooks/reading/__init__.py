"""From the bytes that a department sent to frames that know file, sheet and cell.

By stage: `guard` (may this file be opened), `worker` (a process that can be ended), `cells` (one representation of the
cells of every format), `locate` and `furniture` (where the tables stand and what stands around them), `values` (what a
cell says), `parse` (one file), `read` (a night of files).
"""
