"""``log`` lines."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.convert.logs import log_line
from tests.convert.reading import Reader


def log(text):
    found = []
    reader = Reader({"log": lambda context: found.append(log_line(context, context.words[1:]))}).read(f"log {text}")
    return found[0], reader.kinds


@pytest.mark.parametrize(
    ("text", "target", "kinds"),
    [
        ("127.0.0.1 local0", "127.0.0.1 local0", []),
        ("127.0.0.1:514 local0 notice", "127.0.0.1:514 local0 notice", []),
        ("udp@127.0.0.1:514 local0", "127.0.0.1:514 local0", []),
        ("/dev/log local1", "/dev/log local1", []),
        ("stdout format raw local0", "stdout format raw local0", []),
        ("127.0.0.1 sample 1:10 local0", "127.0.0.1 local0", ["left out"]),
    ],
)
def test_a_line_is_a_target(text, target, kinds):
    assert log(text) == (target, kinds)


@pytest.mark.parametrize("text", ["", "127.0.0.1", "ring@buf local0", "127.0.0.1 nowhere"])
def test_what_is_no_target_is_refused(text):
    with pytest.raises(Problem):
        log(text)
