"""The planted-fault campaign: faults of every kind, put into the sample district's returns as filed, read from real workbooks,
judged, reconciled and localised; how many were seen, and how often the true cell was named."""
