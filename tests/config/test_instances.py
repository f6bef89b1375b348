"""Processes that the gateway starts itself."""

import pytest

from affinity_gw.routing.address import Address
from affinity_gw.routing.servers import CheckSpec, InstancesSpec

CASES = {
    "bad words": (
        (
            '@F\n[backend.b]\ninstances.command = "app {prot} \'x"\ninstances.name = "wt"\ninstances.count = 2\n'
            "instances.port = 65535\n"
        ),
        [
            (
                "5 [backend.b] instances.command: nothing can be filled in for {prot}; "
                "there is {name}, {port}, {n} and {python}"
            ),
            (
                "5 [backend.b] instances.command: the command cannot be split into words: no closing quotation; "
                "close its quotes"
            ),
            '6 [backend.b] instances.name: 2 instances are all called "wt"; number them with {n}, as in "wt{n}"',
            "8 [backend.b] instances.port: 2 ports from 65535 on end beyond 65535; begin lower",
        ],
    ),
    "no command": (
        "@F\n[backend.b]\ninstances.count = 2\n",
        ['5 [backend.b] instances: the instances have no command; write instances.command = "…"'],
    ),
    "nothing but blanks": (
        '@F\n[backend.b]\ninstances.command = " "\n',
        ["5 [backend.b] instances.command: the command is empty; write the program and its arguments"],
    ),
    "a name with a port": (
        '@F\n[backend.b]\ninstances.command = "app"\ninstances.name = "wt{port}"\n',
        ["6 [backend.b] instances.name: nothing can be filled in for {port}; there is {n}"],
    ),
    "one port for two": (
        (
            '@F\n[backend.b]\ninstances = { command = "app", port = 9000, count = 3 }\n'
            '[backend.c]\ninstances = { command = "app", port = 9002 }\n'
        ),
        ["7 [backend.c] instances.port: port 9002 is taken by the instances of b; choose ports that do not overlap"],
    ),
    "a number as a variable": (
        '@F\n[backend.b]\ninstances = { command = "app", environment.A = 1 }\n',
        ["5 [backend.b] instances.environment.A: a variable cannot be 1; write a string in quotes"],
    ),
}


@pytest.mark.parametrize(("text", "said"), CASES.values(), ids=CASES)
def test_what_is_wrong_with_instances_is_complained_of(complaints, text, said):
    assert complaints(text) == said


def test_instances_are_servers_at_ports_of_their_own(load, tmp_path):
    backend = load(
        '@F\n[backend.b]\ninstances.command = "app.wt \'a b\' --p={port} {name} {n} {python} {} {\\"json\\":1}"\n'
        'instances.name = "wt{n}"\ninstances.count = 2\ninstances.port = 9090\ninstances.environment.SEED = "{n}"\n'
        'instances.start_timeout = "5s"\n'
    ).backends[0]
    assert backend.instances == InstancesSpec(
        "b",
        ("app.wt", "a b", "--p={port}", "{name}", "{n}", "{python}", "{}", "{json:1}"),
        ("wt1", "wt2"),
        (9090, 9091),
        str(tmp_path),
        (("SEED", "{n}"),),
        5.0,
    )
    assert [(server.name, server.address) for server in backend.servers] == [
        ("wt1", Address("127.0.0.1", 9090)),
        ("wt2", Address("127.0.0.1", 9091)),
    ]
    assert all(server.instance and server.check == CheckSpec() for server in backend.servers)


def test_one_instance_at_any_port_is_built_in(load):
    spec = load('@F\n[backend.b]\ninstances.command = "app"\n').backends[0].instances
    assert (spec.names, spec.ports) == (("b1",), (0,))


def test_an_instance_may_be_tracked(load):
    config = load(
        '@F\n[backend.b]\ninstances = { command = "app", name = "i{n}" }\ncheck = false\n'
        'server.s1 = { address = "127.0.0.1:1", track = "i1" }\n'
    )
    assert [server.track for server in config.backends[0].servers] == ["b/i1", ""]


def test_a_log_is_relative_to_the_file(load, tmp_path):
    spec = load('@F\n[backend.b]\ninstances = { command = "app", log = "logs/{name}.log" }\n').backends[0].instances
    assert spec.log == f"{tmp_path}/logs/{{name}}.log"


def test_a_log_has_fewer_words_than_a_command(complaints):
    assert complaints('@F\n[backend.b]\ninstances = { command = "app", log = "{python}" }\n') == [
        "5 [backend.b] instances.log: nothing can be filled in for {python}; there is {name}, {port} and {n}"
    ]
