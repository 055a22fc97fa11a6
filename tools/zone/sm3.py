"""SM3 (GB/T 32905-2016) and the stable identifiers made from it.

The same as anlan::Uuid::from_name: the first 16 bytes of SM3 of the UTF-8 name, with the version
(8) and variant bits of RFC 9562.
"""

import functools
import hashlib

_NATIVE = "sm3" in hashlib.algorithms_available  # Where OpenSSL has it, forty times as fast.
_MASK = 0xFFFFFFFF
_START = (0x7380166F, 0x4914B2B9, 0x172442D7, 0xDA8A0600,
          0xA96F30BC, 0x163138AA, 0xE38DEE4D, 0xB0FB0E4E)


def _rotate(x, n):
    n %= 32
    return ((x << n) | (x >> (32 - n))) & _MASK


def _p0(x):
    return x ^ _rotate(x, 9) ^ _rotate(x, 17)


def _p1(x):
    return x ^ _rotate(x, 15) ^ _rotate(x, 23)


def _expand(block):
    w = [int.from_bytes(block[i:i + 4], "big") for i in range(0, 64, 4)]
    for j in range(16, 68):
        w.append(_p1(w[j - 16] ^ w[j - 9] ^ _rotate(w[j - 3], 15)) ^ _rotate(w[j - 13], 7) ^ w[j - 6])
    return w


def _compress(v, block):
    w = _expand(block)
    a, b, c, d, e, f, g, h = v
    for j in range(64):
        t = 0x79CC4519 if j < 16 else 0x7A879D8A
        ss1 = _rotate((_rotate(a, 12) + e + _rotate(t, j)) & _MASK, 7)
        ss2 = ss1 ^ _rotate(a, 12)
        ff = a ^ b ^ c if j < 16 else (a & b) | (a & c) | (b & c)
        gg = e ^ f ^ g if j < 16 else (e & f) | (~e & _MASK & g)
        tt1 = (ff + d + ss2 + (w[j] ^ w[j + 4])) & _MASK
        tt2 = (gg + h + ss1 + w[j]) & _MASK
        a, b, c, d = tt1, a, _rotate(b, 9), c
        e, f, g, h = _p0(tt2), e, _rotate(f, 19), g
    return tuple(x ^ y for x, y in zip(v, (a, b, c, d, e, f, g, h)))


def sm3(data):
    """32 bytes."""
    padded = data + b"\x80" + b"\x00" * ((55 - len(data)) % 64) + (8 * len(data)).to_bytes(8, "big")
    v = _START
    for i in range(0, len(padded), 64):
        v = _compress(v, padded[i:i + 64])
    return b"".join(x.to_bytes(4, "big") for x in v)


def _digest(data):
    return hashlib.new("sm3", data).digest() if _NATIVE else sm3(data)


@functools.lru_cache(maxsize=None)
def uuid_of(name):
    u = bytearray(_digest(name.encode("utf-8"))[:16])
    u[6] = (u[6] & 0x0F) | 0x80
    u[8] = (u[8] & 0x3F) | 0x80
    h = u.hex()
    return f"{h[:8]}-{h[8:12]}-{h[12:16]}-{h[16:20]}-{h[20:]}"
