"""The faults that gossip_node.py can have: the rows of faults.tsv."""

import collections
import pathlib

Fault = collections.namedtuple("Fault", "fault breaks options what")


def faults():
    lines = (pathlib.Path(__file__).parent / "faults.tsv").read_text().splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [Fault(*row) for row in rows[1:]]
