"""What can be done: one capability a file; no Flask, no request, no commit."""
