"""The figures that the console holds itself to, each a ratio to a limit that is measured in the same run."""
