"""Receipts (回执): the department's own workbook back, with what is wrong marked in its cells and listed on a first sheet.

receipt (what is said) → front (its sheet) → annotate (into the workbook) → package, markup, comments (the parts).
"""
