"""People as the web knows them: who signs in, by what, as whom they act, and what of it cookies keep."""
