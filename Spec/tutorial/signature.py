"""Ed25519 (RFC 8032) with a hash of choice. For tests only: it takes a tenth of a second, and keeps no secret from a clock."""
import hashlib

P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P
BASE = (15112221349535400772501151409588531511454012693041857206046113283949847762202, 4 * pow(5, -1, P) % P)


def digest(*parts):
    return hashlib.blake2b(b"".join(parts)).digest()


def number(data):
    return int.from_bytes(data, "little")


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    both = D * x1 * x2 * y1 * y2
    return (x1 * y2 + x2 * y1) * pow(1 + both, -1, P) % P, (y1 * y2 + x1 * x2) * pow(1 - both, -1, P) % P


def times(factor, point):
    result = (0, 1)
    while factor:
        result = add(result, point) if factor & 1 else result
        point, factor = add(point, point), factor >> 1
    return result


def encoded(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def decoded(data):
    y = number(data) % 2**255
    square = (y * y - 1) * pow(D * y * y + 1, -1, P)
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    return (x if x & 1 == data[31] >> 7 else P - x), y


def expanded(seed):
    """The secret factor of a seed, and what nonces are made of."""
    wide = digest(seed)
    return number(wide[:32]) % 2**254 // 8 * 8 + 2**254, wide[32:]


def public_key(seed):
    return encoded(times(expanded(seed)[0], BASE))


def sign(seed, message):
    factor, prefix = expanded(seed)
    nonce = number(digest(prefix, message)) % ORDER
    point = encoded(times(nonce, BASE))
    challenge = number(digest(point, public_key(seed), message))
    return point + ((nonce + challenge * factor) % ORDER).to_bytes(32, "little")


def verifies(key, message, signed):
    challenge = number(digest(signed[:32], key, message))
    return times(number(signed[32:]), BASE) == add(decoded(signed[:32]), times(challenge % ORDER, decoded(key)))
