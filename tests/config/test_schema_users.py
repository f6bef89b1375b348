"""What a userlist may hold, one value at a time."""

import pytest

from affinity_gw.config.problem import Problem
from affinity_gw.config.schema_users import password_hash, user_name

APR1 = "$apr1$saltsalt$LrttParrLPdxvgutaSXWJ0"


def test_a_hash_is_kept_as_it_is():
    assert password_hash(APR1) == APR1


@pytest.mark.parametrize("value", ["secret", APR1[:-1], "", 1])
def test_anything_else_is_refused_and_not_repeated(value):
    with pytest.raises(Problem) as caught:
        password_hash(value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["alice", "älice", "a b", "a.b"])
def test_a_user_may_be_called_many_things(name):
    assert user_name(name) == name


@pytest.mark.parametrize("name", ["a:b", ""])
def test_but_not_these(name):
    with pytest.raises(Problem):
        user_name(name)
