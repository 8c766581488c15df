"""Bad input to the preview of a bulk job: every answer says what is wrong, and none is a fault."""

import pytest

from models import Role
from tests.hostile.test_bad_input import EVIL

ARGUMENTS = (
    "search",
    "flt0_status_equals",
    "flt0_created_at_greater_than",
    "flt0a_id_equals",
    "page",
    "view",
    "cursor",
)


@pytest.mark.parametrize("argument", ARGUMENTS)
def test_no_argument_of_a_preview_is_a_fault(sign_in, make, argument):
    make.deploy()
    browser = sign_in(Role.OPERATOR)

    answers = {
        name: browser.get(f"/console/bulk/new/deploy/cancel?{argument}={evil}").status_code
        for name, evil in EVIL.items()
    }

    assert set(answers.values()) <= {200, 422}, answers
