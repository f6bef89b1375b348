import pytest

from affinity_gw.routing.hashfunctions import FUNCTIONS, avalanche

# HAProxy's own converters of these names said so: sdbm, sdbm(1), djb2, djb2(1), wt6, wt6(1), crc32, crc32(1).
RECORDED = [
    (b"a", 97, 1830748055, 177670, 3548763807, 1900802597, 1986649387, 3904355907, 1288200982),
    (b"0", 48, 554408395, 177621, 647504328, 1880084069, 4053554807, 4108050209, 170841244),
    (
        b"user@example.com",
        *(4216597448, 2062075971, 2399714461, 1862252561, 2763372104, 3758548276, 1634596257, 1037773706),
    ),
    (b"k1", 7019142, 1839135170, 5863489, 190503174, 3552096766, 1510114238, 2517541033, 357155266),
    (b"/a/b/c", 2313627737, 1258940775, 2088251480, 1549263910, 2692261563, 3729741480, 2530205716, 1862626602),
    (b"x" * 60, 1849066496, 1793660031, 210523301, 4189428682, 702930432, 760084149, 2220255353, 3529413658),
]


@pytest.mark.parametrize("recorded", RECORDED, ids=lambda recorded: recorded[0].decode()[:20])
def test_the_numbers_are_haproxys(recorded):
    key, *expected = recorded
    numbers = [FUNCTIONS[name](key) for name in ("sdbm", "djb2", "wt6", "crc32")]
    assert [each for number in numbers for each in (number, avalanche(number))] == expected


def test_an_empty_key_is_a_key():
    assert [FUNCTIONS[name](b"") for name in ("sdbm", "djb2", "crc32")] == [0, 5381, 0]


def test_the_avalanche_gives_no_number_twice():
    assert len({avalanche(number) for number in range(100_000)}) == 100_000
