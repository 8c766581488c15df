"""The demo: everything on one machine, with data, people and a build host that misbehaves."""
