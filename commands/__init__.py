"""`flask console …`, but for its root: one group of commands a file."""
