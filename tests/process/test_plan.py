"""From the configuration to what is started."""

import sys

from affinity_gw.process.plan import plans
from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import InstancesSpec

SPEC = InstancesSpec(
    backend="demo",
    command=("{python}", "-m", "app", "--id={name}-{n}", "--port={port}", '{"json": {}}', "{other}"),
    names=("wt1", "wt2"),
    ports=(9090, 9091),
    directory="/srv",
    environment=(("NAME", "{name}"), ("PYTHONUNBUFFERED", "")),
    start_timeout=5,
    log="/var/log/{name}-{n}.log",
)


def test_each_instance_has_its_words_filled_in_and_other_braces_left_alone():
    first, second = plans([SPEC])
    assert first.command == (sys.executable, "-m", "app", "--id=wt1-1", "--port=9090", '{"json": {}}', "{other}")
    assert second.command[3:5] == ("--id=wt2-2", "--port=9091")
    assert (first.id, second.id) == ("demo/wt1", "demo/wt2")
    assert second.address == Address("127.0.0.1", 9091)
    assert (first.directory, first.start_timeout) == ("/srv", 5)
    assert second.log == "/var/log/wt2-2.log"


def test_its_environment_is_filled_in_and_wins_over_ours():
    first, _ = plans([SPEC])
    assert first.environment == {"NAME": "wt1", "PYTHONUNBUFFERED": ""}
