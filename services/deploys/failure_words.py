"""Failure groups in words for people."""

from collections.abc import Sequence

from models import ErrorKind, FailureGroup
from services.labels import label

GIST_LIMIT = 90
"""Characters of an answer that a title quotes."""
_SILENCES: dict[str, str] = {
    ErrorKind.INVALID_URL: "A hook URL that can’t be called",
    ErrorKind.EGRESS_REFUSED: "Calls to {host} are not permitted",
    ErrorKind.RESOLVE: "The name {host} was not found",
    ErrorKind.CONNECT: "No connection to {host}: {why}",
    ErrorKind.TLS: "No secure connection to {host}: {why}",
    ErrorKind.WRITE: "{host} broke off while it was sent the request",
    ErrorKind.READ: "{host} broke off before it answered",
    ErrorKind.TIMEOUT: "No answer from {host} in time",
    ErrorKind.PROTOCOL: "{host} did not answer in HTTP",
    ErrorKind.WORKER_LOST: "A worker was lost while it called {host}",
}


def title(group: FailureGroup) -> str:
    """A group in one line, such as “503 from builds.example.com: upstream busy”. Holds other people's text."""
    host = group.host or "a hook without a host"
    if group.status_code is None:
        silence = _SILENCES.get(group.phase)
        return silence.format(host=host, why=_why(group.shape)) if silence else f"{label(group.phase)} at {host}"
    said = gist(group.shape)
    return f"{group.status_code} from {host}: {said}" if said else f"{group.status_code} from {host}, without a word"


def _why(shape: str) -> str:
    """The reason that a message of ours gives, as it stands within a sentence."""
    reason = (shape.removeprefix("The connection could not be made: ") or "no reason is known").rstrip(".")
    return reason[:1].lower() + reason[1:GIST_LIMIT]


def gist(shape: str) -> str:
    """What an answer says, without the names of its fields, and without the code that error pages begin with."""
    said = shape.rpartition(" {")[0] if shape.endswith("}") and " {" in shape else shape
    said = said.partition(" · ")[0].removeprefix("# ").replace("<time>", "…").rstrip(".")
    if said.startswith("{"):
        return f"JSON {said}"[:GIST_LIMIT]
    return said if len(said) <= GIST_LIMIT else f"{said[: GIST_LIMIT - 1].rstrip()}…"


def trend(hours: Sequence[int]) -> str:
    """The last hours' failures in one sentence: what a small chart shows, for those who don't see it."""
    total = sum(hours)
    if not total:
        return f"None failed in the last {len(hours)} hours."
    ago = len(hours) - 1 - max(range(len(hours)), key=lambda hour: (hours[hour], hour))
    when = "this hour" if ago == 0 else "the hour before" if ago == 1 else f"{ago} hours ago"
    most = f"most {when} ({max(hours):,})"
    return f"{total:,} failed in the last {len(hours)} hours, {hours[-1]:,} of them this hour; {most}."
