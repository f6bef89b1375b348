"""A backend's affinity: extractors, their options, their pins."""

from affinity_gw_plugins.cookie import Cookie
from affinity_gw_plugins.source_ip import SourceIp
from affinity_gw_plugins.url_prefix import UrlPrefix

from affinity_gw.routing.sections import AffinityEntry

BAD = {
    '{ extractor = "url_prefx", parameter = "a" }': (
        'affinity[0].extractor: there is no extractor "url_prefx"; did you mean "url_prefix"?'
    ),
    '{ extractor = "nix" }': (
        'affinity[1].extractor: there is no extractor "nix"; there is cookie, header, path, source_ip and url_prefix'
    ),
    '{ extractor = "url_prefix", tial = 3 }': (
        'affinity[2].tial: url_prefix has no option "tial"; did you mean "tail"?'
    ),
    '{ extractor = "cookie" }': "affinity[3].extractor: cookie needs name; write name = … beside extractor",
    '{ extractor = "cookie", name = "a b" }': ("affinity[4].extractor: name is 'a b', which is no cookie's name"),
    "{ tail = 3 }": 'affinity[5]: it does not say which extractor; write { extractor = "…" }',
    '{ extractor = "source_ip", pin = "table" }': (
        'affinity[6].pin: pin = "table" is not supported yet; write "server" or "hash"'
    ),
    '{ extractor = "source_ip", pin = "srever" }': (
        'affinity[7].pin: "srever" is not one of "server", "hash"; did you mean "server"?'
    ),
    '{ extractor = "source_ip", prefix_v4 = "x" }': (
        "affinity[8].prefix_v4: input should be a valid integer, unable to parse string as an integer"
    ),
}


def test_each_entry_is_complained_of_on_its_line(complaints):
    found = complaints("@F\n@B\naffinity = [\n" + ",\n".join(BAD) + "\n]\n")
    assert found == [f"{line} [backend.b] {said}" for line, said in enumerate(BAD.values(), start=7)]


def test_affinity_is_a_list_of_tables(complaints):
    assert complaints('@F\n@B\naffinity = { extractor = "cookie" }\n[defaults]\naffinity = ["cookie"]\n') == [
        '6 [backend.b] affinity: affinity is a table, not a list of tables; write affinity = [{ extractor = "…" }]',
        '8 [defaults] affinity: "cookie" is no extractor with its options; write affinity = [{ extractor = "…" }]',
    ]


def test_entries_are_read_in_their_order(load):
    config = load(
        '@F\n@B\naffinity = [\n  { extractor = "url_prefix", parameter = "wtd", tail = 16 },\n'
        '  { extractor = "cookie", name = "S", insert = true },\n  { extractor = "source_ip", prefix_v4 = 24 },\n'
        '  { extractor = "cookie", name = "T", pin = "hash" },\n]\n'
    )
    assert config.backends[0].affinity == (
        AffinityEntry("url_prefix", UrlPrefix("wtd", 16), "server"),
        AffinityEntry("cookie", Cookie("S", insert=True), "server"),
        AffinityEntry("source_ip", SourceIp(prefix_v4=24), "hash"),
        AffinityEntry("cookie", Cookie("T"), "hash"),
    )
