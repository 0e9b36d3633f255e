"""Rules over frames, by Great Expectations: suites from the catalogue, the Polars engine, results."""

import os

# Read by Great Expectations when it is imported: an office's computer must not report to anyone.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
