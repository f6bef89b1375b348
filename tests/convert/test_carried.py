"""What a reading of haproxy.cfg leaves behind."""

from affinity_gw.convert.carried import Carried


def test_nothing_is_shared_between_two_readings():
    one, other = Carried("a.cfg"), Carried("b.cfg")
    one.data["frontend"] = {}
    assert other.data == {}
