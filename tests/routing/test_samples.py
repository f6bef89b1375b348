import pytest

from affinity_gw.routing.fetches import FETCHES
from affinity_gw.routing.not_yet import FETCHES as LATER
from affinity_gw.routing.not_yet import NotSupportedYet
from affinity_gw.routing.samples import Place, compile_fetch, unknown
from tests.routing.making import NOW, request, response

REQUEST = Place(("wt",))
ANSWER = Place(("wt",), answer=True)
EITHER = Place(("wt",), answer=None)


def test_in_an_answer_the_connection_is_the_requests():
    _, sample = compile_fetch(FETCHES, "src", (), ANSWER)
    exchanged = response(request=request(peer="192.0.2.9"))
    assert str(sample.one(exchanged, NOW)) == "192.0.2.9"
    assert sample.text(exchanged, NOW) == "192.0.2.9"


@pytest.mark.parametrize(("place", "value"), [(REQUEST, "request"), (ANSWER, "answer")])
def test_some_look_at_whichever_head_there_is(place, value):
    _, sample = compile_fetch(FETCHES, "hdr", ("x",), place)
    head = request("/", ("X", "request"))
    assert sample.one(response(200, ("X", "answer"), request=head) if place.answer else head, NOW) == value


@pytest.mark.parametrize(("name", "place"), [("path", ANSWER), ("status", REQUEST)])
def test_what_is_not_there_is_refused(name, place):
    with pytest.raises(ValueError, match=f"{name} looks at a"):
        compile_fetch(FETCHES, name, (), place)


@pytest.mark.parametrize("name", ["path", "status"])
def test_what_may_be_asked_of_either_can_be_checked(name):
    assert compile_fetch(FETCHES, name, (), EITHER)


@pytest.mark.parametrize(
    ("name", "words", "problem"),
    [
        ("path", ("a",), "path(a): it takes nothing in parentheses"),
        ("urlp", ("a", "b", "c"), "urlp(a,b,c): it takes at most 2 words in parentheses"),
        ("nbsrv", (), "nbsrv wants the name of a backend in parentheses, such as nbsrv(pubsubs)"),
        ("nbsrv", ("wtt",), "nbsrv(wtt): there is no such backend; did you mean wt?"),
        ("pth", (), "the criterion pth is unknown; did you mean path?"),
    ],
)
def test_what_is_wrong_is_said(name, words, problem):
    with pytest.raises(ValueError, match=r"parentheses|no such|unknown") as caught:
        compile_fetch(FETCHES, name, words, REQUEST)
    assert str(caught.value) == problem


@pytest.mark.parametrize("name", sorted(LATER))
def test_what_haproxy_has_and_we_have_not_is_told_apart(name):
    assert isinstance(unknown(name, FETCHES), NotSupportedYet)
    assert name not in FETCHES
