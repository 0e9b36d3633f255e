"""Templates (模板): the blank workbook of a return that goes out before the month ends.

template (the workbook) ← layout (where what stands) ← checks (rules as live formulas); guide (the sheet of instructions).
"""
