"""Pure functions of the hub mesh: the distance of two peer ids, the closest peers, the hash of a relayed message."""
import json


def digit(text, at):
    """The value of a hexadecimal digit; 0 for what is none."""
    try:
        return int(text[at], 16)
    except (IndexError, ValueError):
        return 0


def digit_sum(a, b):
    """The sum over all digits of their XOR: not the order of the XOR of whole ids."""
    return sum(digit(a, i) ^ digit(b, i) for i in range(min(len(a), len(b))))


def closest(target, ids, most=3):
    """The ids nearest to a target; those that are equally near in the order that they came in."""
    if not target or not ids or not most:
        return []
    return sorted(ids, key=lambda one: digit_sum(target, one))[:most]


def canonical(value):
    """JSON as JavaScript writes it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def data_hash(data):
    """Of the data of a signal: h = h * 31 + unit over its UTF-16 units, in 32 bits with a sign, in hexadecimal."""
    if not data and not isinstance(data, (dict, list)):
        return "null"
    units = canonical(data).encode("utf-16-le", "surrogatepass")
    h = 0
    for i in range(0, len(units), 2):
        h = (h * 31 + units[i] + (units[i + 1] << 8)) & 0xFFFFFFFF
    if h >= 1 << 31:
        h -= 1 << 32
    return ("-" if h < 0 else "") + format(abs(h), "x")
