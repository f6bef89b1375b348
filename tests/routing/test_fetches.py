from affinity_gw.routing.fetches import CRITERIA, DERIVED, FETCHES, KEYWORDS
from affinity_gw.routing.matching import METHODS


def test_the_short_names_are_haproxys():
    assert set(DERIVED.values()) <= set(FETCHES)
    assert KEYWORDS["hdr_beg"] == ("req.hdr", "beg")
    assert KEYWORDS["cook"] == ("req.cook", "str")
    assert len(KEYWORDS) == len(DERIVED) * len(METHODS)


def test_others_have_no_short_names():
    # HAProxy refuses them too: "unknown fetch method".
    assert not {"req.hdr_beg", "url_param_beg", "query_beg", "src_beg"} & CRITERIA
