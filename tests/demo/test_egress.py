"""What the demo's worker may call on this machine: the demo's own receiver."""

import socket

from config import Settings
from demo import launcher
from services.deploys.egress import EgressPolicy
from tests.vaults import HOOK_KEY


def test_the_worker_may_call_the_receiver_on_its_port_and_what_the_shell_names():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        allow = launcher.allowing(listener, "hooks.internal")
    settings = Settings.from_environment({"SECRET_KEY": "k" * 32, "HOOK_KEYS": HOOK_KEY, "EGRESS_ALLOW": allow})
    policy = EgressPolicy.of(settings.hook_ports, settings.egress_allow)

    assert policy.refusal("127.0.0.1", port, ["127.0.0.1"]) is None
    assert policy.refusal("hooks.internal", 443, ["10.0.0.1"]) is None
    assert policy.refusal("127.0.0.1", 443, ["127.0.0.1"])
    assert policy.refusal("localhost", port, ["127.0.0.2"])
