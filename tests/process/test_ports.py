"""Free ports for instances."""

import socket

from affinity_gw.process.ports import with_ports
from affinity_gw.routing.address import Address
from affinity_gw.routing.configuration import Config, Global
from affinity_gw.routing.sections import Backend
from affinity_gw.routing.servers import InstancesSpec, Server


def backend(name, ports):
    names = tuple(f"{name}{number}" for number in range(1, len(ports) + 1))
    servers = tuple(
        Server(name, each, number, Address("127.0.0.1", port), instance=True)
        for number, (each, port) in enumerate(zip(names, ports, strict=True), start=1)
    )
    other = Server(name, "other", len(ports) + 1, Address("10.0.0.1", 80))
    return Backend(name, (*servers, other), instances=InstancesSpec(name, ("app",), names, ports))


def test_ports_are_found_for_those_that_have_none():
    config = Config("", Global(), (), (backend("a", (0, 0, 0)), backend("b", (9090, 0)), Backend("c", ())))
    a, b, c = with_ports(config).backends
    found = [*a.instances.ports, *b.instances.ports]
    assert len(set(found)) == 5
    assert 0 not in found
    assert b.instances.ports[0] == 9090
    assert c is config.backends[2]


def test_servers_are_where_their_instances_are():
    [found] = with_ports(Config("", Global(), (), (backend("a", (0, 0)),))).backends
    assert tuple(server.address.port for server in found.servers) == (*found.instances.ports, 80)
    assert found.words["a1"] is found.servers[0]


def test_the_ports_are_free():
    [found] = with_ports(Config("", Global(), (), (backend("a", (0,)),))).backends
    with socket.create_server(("127.0.0.1", found.instances.ports[0])):
        pass


def test_a_configuration_with_all_ports_given_stays_as_it_is():
    config = Config("", Global(), (), (backend("a", (9090,)),))
    assert with_ports(config) == config
