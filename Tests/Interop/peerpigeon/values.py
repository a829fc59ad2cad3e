"""Values as JavaScript has them, which the real hub is written in, and times."""
import time


def now_ms():
    return int(time.time() * 1000)


def iso():
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime()) + ".%03dZ" % (now_ms() % 1000)


def is_true(value):
    """Whether JavaScript takes it for true."""
    return value is not None and value is not False and value != "" and not (isinstance(value, (int, float)) and value == 0)


def as_string(value):
    """What JavaScript's String() makes of it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, list):
        return ",".join("" if one is None else as_string(one) for one in value)
    return str(value)


def members(data):
    """What of announced data goes into the data of others: members; elements and characters by their numbers."""
    if isinstance(data, dict):
        return data
    return {str(i): one for i, one in enumerate(data)} if isinstance(data, (list, str)) else {}
