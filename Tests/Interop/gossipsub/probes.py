#!/usr/bin/env python3
"""Plays a peer by hand against the node. The node must pass every probe as it is. With each of its faults it must fail a probe of a
requirement that the fault breaks. With each way of a personality it must behave as the probe of that way expects. This tests faults and
ways without the suite.

    python3 probes.py [--only FAULT|WAY[,FAULT|WAY...]] [--jobs N]
"""

import argparse
import asyncio
import sys

import pubsub_probes
import router_probes
import seeded
import ways
from layer_probes import PROBES
from programs import OURS, Failed, Program
from streams import Closed, Violation
from ways_probes import WAYS
from wire import Malformed

# Each fills the list of probes when it is read.
assert pubsub_probes and router_probes
SETTINGS = {"protocols", "securities", "muxers", "early-muxer", "degree", "first-heartbeat", "seen-ttl", "idontwant-size"}
BASE = ["--security", "plaintext,noise", "--heartbeat", "0.5", "--topic", "t", "--seed", "probed"]


async def play(run, options):
    """Why a probe fails, or None."""
    try:
        async with asyncio.timeout(30):
            async with Program(OURS, *BASE, *options) as node:
                await run(node)
                if node.find("defect"):
                    return f"defect {node.find('defect')[0]['error']}"
    except (Failed, Closed, Violation, Malformed, TimeoutError, OSError, ValueError, KeyError) as error:
        return str(error) or repr(error)
    return None


def untold(faults):
    """Returns the rows of personalities.tsv that neither a probe of a way nor a fault tests. SETTINGS are options of the node."""
    told = {name.partition("=")[0] for name, *_ in WAYS} | {row.fault for row in faults} | SETTINGS
    out = [name for name, *_ in ways.rows() if name not in told]
    for name in out:
        print(f"FAIL  no probe shows {name}", flush=True)
    return out


async def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--only", help="these faults and ways, with commas between them; none is the node as it is")
    parser.add_argument("--jobs", type=int, default=4, help="probes side by side (4)")
    options = parser.parse_args()
    wanted = options.only.split(",") if options.only else None
    places, failed = asyncio.Semaphore(options.jobs), []

    async def told(fault, run, more):
        async with places:
            return await play(run, [*more, *(["--fault", fault] if fault else [])])

    async def clean(name, requirements, more, run):
        if why := await told(None, run, more):
            failed.append(name)
            print(f"FAIL  {name}: {why}", flush=True)

    async def seeded_one(row):
        its = [probe for probe in PROBES if set(probe[1]) & set(row.breaks.split(","))]
        reasons = [(name, await told(row.fault, run, more)) for name, _, more, run in its]
        found = [f"{name}: {why}" for name, why in reasons if why]
        if not found:
            failed.append(row.fault)
        print(f"{row.fault:26}{row.breaks:16}{found[0][:90] if found else 'NOT TOLD APART'}", flush=True)

    async def shows(way, _, other, more, run):
        async def is_other(node):
            if (found := await run(node)) != other:
                raise Failed(f"{found}, not {other}")

        async with places:
            if why := await play(is_other, [*more, "--way", way]):
                failed.append(way)
                print(f"FAIL  --way {way}: {why}", flush=True)

    if not wanted or "none" in wanted:
        await asyncio.gather(*(clean(*probe) for probe in PROBES))
        print(f"{len(PROBES)} probes of the node as it is")
    rows = [row for row in seeded.faults() if not wanted or row.fault in wanted]
    await asyncio.gather(*map(seeded_one, rows))
    shown = [way for way in WAYS if not wanted or way[0] in wanted]
    await asyncio.gather(*(shows(*way) for way in shown))
    if not wanted:
        failed += untold(rows)
    print(f"{len(failed)} of {len(PROBES)} probes, {len(rows)} faults and {len(shown)} ways not as they must be")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
