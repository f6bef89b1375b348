"""From sections to the tables of TOML."""

from affinity_gw.convert.read import read

TWO = """global
    maxconn 100
    log 127.0.0.1 local0
defaults
    mode http
    timeout client 5s
frontend web
    bind 127.0.0.1:80
    default_backend app
defaults
    mode http
    timeout client 9s
frontend other
    bind 127.0.0.1:81
    default_backend app
backend app
    server a 127.0.0.1:1
"""


def carried(tmp_path, text):
    (tmp_path / "haproxy.cfg").write_text(text, encoding="utf-8")
    return read(tmp_path / "haproxy.cfg", "haproxy.cfg")


def test_one_defaults_section_is_defaults(tmp_path):
    found = carried(tmp_path, TWO.replace("defaults\n    mode http\n    timeout client 9s\n", ""))
    assert found.data["defaults"]["timeout"]["client"] == "5s"
    assert found.data["frontend"]["web"].keys() == {"backend", "bind"}
    assert found.origins["defaults", "timeout", "client"] == 6


def test_of_several_defaults_sections_each_says_its_own_to_its_heirs(tmp_path):
    found = carried(tmp_path, TWO)
    assert found.data["defaults"]["timeout"]["client"] == "none"
    assert found.data["frontend"]["web"]["timeout"]["client"] == "5s"
    assert found.data["frontend"]["other"]["timeout"]["client"] == "9s"
    assert found.origins["frontend", "other", "timeout", "client"] == 12


def test_global_stands_in_global(tmp_path):
    found = carried(tmp_path, TWO)
    assert found.data["global"]["maxconn"] == 100
    assert found.data["global"]["log"] == {"access": False, "syslog": ["127.0.0.1 local0"], "tag": "haproxy"}
    assert found.origins["global", "log", "syslog", 0] == 3


def test_a_listen_is_a_frontend_and_a_backend_of_one_name(tmp_path):
    text = "listen l\n    mode http\n    bind 127.0.0.1:80\n    balance source\n    server a 127.0.0.1:1\n"
    found = carried(tmp_path, text)
    assert found.data["frontend"]["l"]["backend"] == "l"
    assert found.data["backend"]["l"]["server"] == {"a": "127.0.0.1:1"}
    assert "balance" not in found.data["frontend"]["l"]
    assert (found.origins["frontend", "l"], found.origins["backend", "l"]) == (1, 1)
