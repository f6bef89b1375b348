"""The functions that make a number of a key, bit for bit HAProxy's (``hash.c``, ``intops.h``).

All count in 32 bits without a sign. Python needs 60 ns a byte for them (crc32 excepted, which zlib has): a key of
50 bytes costs 3 µs, so whoever hashes remembers (``hashed``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zlib import crc32

HashFunction = Callable[[bytes], int]

_U32 = 0xFFFFFFFF


def sdbm(key: bytes) -> int:
    """The default: of the sdbm database library, good with short and similar keys."""
    value = 0
    for byte in key:
        value = (value * 65599 + byte) & _U32
    return value


def djb2(key: bytes) -> int:
    """Daniel Bernstein's, times 33."""
    value = 5381
    for byte in key:
        value = (value * 33 + byte) & _U32
    return value


def wt6(key: bytes) -> int:
    """Willy Tarreau's, made for HAProxy: two words that rotate each other."""
    high, low = 0xA53C965A, 0x5CA6953A
    left, right = 6, 18
    for byte in key:
        high = ~(high ^ byte) & _U32
        low = ~(low + byte) & _U32
        high, low = _rotate(low, left), _rotate(high, right)
        steps = ((high >> 16) ^ low) & 0xFFFF
        left, right = steps & 31, steps >> 11
    return high ^ low


def _rotate(value: int, steps: int) -> int:
    return ((value << steps) | (value >> (32 - steps))) & _U32


def avalanche(value: int) -> int:
    """Spread a number over all 32 bits, one to one: Bob Jenkins' integer hash, times a large prime (``full_hash``)."""
    value = (value + 0x7ED55D16 + (value << 12)) & _U32
    value = value ^ 0xC761C23C ^ (value >> 19)
    value = (value + 0x165667B1 + (value << 5)) & _U32
    value = ((value + 0xD3A2646C) ^ (value << 9)) & _U32
    value = (value + 0xFD7046C5 + (value << 3)) & _U32
    value = value ^ 0xB55A4F09 ^ (value >> 16)
    return (value * 3221225473) & _U32


FUNCTIONS: Mapping[str, HashFunction] = {"sdbm": sdbm, "djb2": djb2, "wt6": wt6, "crc32": crc32}
"""By the word that ``hash_type`` has for them."""
