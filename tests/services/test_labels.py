"""One label for each machine's word."""

import pytest

from models import DeploymentTarget, DeployStatus, DeployTrigger, ErrorKind, ProjectStatus
from services.labels import label, within


@pytest.mark.parametrize(
    ("value", "words", "in_a_sentence"),
    [
        (DeployStatus.IN_FLIGHT, "Under way", "under way"),
        (DeployStatus.DEAD_LETTERED, "Dead-lettered", "dead-lettered"),
        (DeployStatus.RETRY_SCHEDULED, "Retry scheduled", "retry scheduled"),
        (DeployTrigger.API, "API", "API"),
        (DeployTrigger.WIZARD, "Wizard", "wizard"),
        (ErrorKind.READ, "Connection reset", "connection reset"),
        (ErrorKind.TLS, "TLS failed", "TLS failed"),
        (ProjectStatus.CODE_GENERATED, "Code generated", "code generated"),
        (DeploymentTarget.VERCEL, "Vercel", "Vercel"),
        (DeploymentTarget.CONCEPT_AWS, "AWS (concept)", "AWS (concept)"),
        (DeploymentTarget.CONCEPT_EXPO, "Expo (concept)", "Expo (concept)"),
    ],
)
def test_a_machines_word_has_one_label(value, words, in_a_sentence):
    assert (label(value), within(value)) == (words, in_a_sentence)


def test_no_two_error_kinds_read_alike():
    assert len({label(kind) for kind in ErrorKind}) == len(ErrorKind)
