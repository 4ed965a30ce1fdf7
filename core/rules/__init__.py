"""The rules: one module per program with one function per criterion, and what all programs share.

- `cerri`, `raf`, `ptr`: the criteria, and optional functions of the terms that `outcome` names
- `celigo`: what Celigo's two programs say in the same words
- `criterion`: what a criterion is, an ordered list of cases
- `hinting`: what on record speaks for or against what a person judges; it suggests and settles nothing
- `outcome`: from verdicts to disposition, reasons and what is pending
- `ownership`: who came first and who holds a lead
- `payouts`: what is owed

Nothing here knows a database or a clock: facts are columns, terms are plain values, the moment is a column `today`.
"""
