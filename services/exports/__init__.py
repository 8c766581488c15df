"""Exports: lists as files.

`columns` says what a file's columns are, `selecting` and `statement` have PostgreSQL write its lines, `copying` reads
these as they come, and `screen` masks in the few that may hold a secret. `values` writes what only Python can. Large
files are made by the worker: `jobs` is what can be asked of them, `making` makes one.
"""
