"""Whether a command printed what its document shows."""

import re

# What differs from run to run, by its form. Whether columns still stand below each other depends on such values too.
FORMS = [
    (r"0x[0-9a-f]{6,}(…[0-9a-f]*)?|\b[0-9a-f]{16,}\b|\b[0-9a-f]{8}\.\.", "<bytes>"),
    (r"\+?\b\d+(\.\d+)? ?(us|ms|s|min)\b", "<time>"),
    (r"\b(127\.\d+\.\d+\.\d+|\[::1\]):\d+", "<address>"),
    (r"─+", "─"),
    (r"\s+", " "),
]
# A line of a hexdump: offset, 16 bytes with marks between them, their characters, and what is marked.
DUMP = re.compile(r"^( *[0-9a-f]{4} )([ \[](?:[0-9a-f ]{2}[ \]\[]){16}) .*?(<- .*)?$")


def form(line, random):
    """A line without what may differ. Where values are `random`, the bytes of a hexdump count by their number."""
    if not random:
        return line.rstrip()
    dump = DUMP.match(line)
    if dump:
        line = dump[1] + re.sub("[0-9a-f]{2}", "xx", dump[2]) + (dump[3] or "")
    for pattern, word in FORMS:
        line = re.sub(pattern, word, line)
    return line.rstrip()


def agree(shown, printed, random):
    """Whether one line is the other. `...` in what is shown stands for anything."""
    if shown.rstrip() == printed.rstrip():
        return True
    parts = shown.split("...")
    if len(parts) == 1 or random and DUMP.match(shown):
        return form(shown, random) == form(printed, random)
    pattern = ".*".join(re.escape(form(part, random)) for part in parts)
    return re.fullmatch(pattern, form(printed, random)) is not None


def difference(shown, printed, random):
    """None when all is as shown, or else the lines that say where it is not. A line of `...` is any number of lines, and empty
    lines do not count."""
    shown, printed = ([line for line in lines if line.strip()] for lines in (shown, printed))
    at, anything = 0, False
    for line in shown:
        if line.strip() == "...":
            anything = True
            continue
        end = len(printed) if anything else min(at + 1, len(printed))
        hit = next((i for i in range(at, end) if agree(line, printed[i], random)), None)
        if hit is None:
            came = printed[at:at + 12] if anything else printed[at:at + 1]
            return [f"shown:   {line}"] + [f"printed: {other}" for other in came or ["(nothing more)"]]
        at, anything = hit + 1, False
    if at < len(printed) and not anything:
        return ["shown:   (the end)"] + [f"printed: {line}" for line in printed[at:at + 12]]
    return None
