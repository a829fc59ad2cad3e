#!/usr/bin/env python3
"""The data channel between hubs: meshspec-datachannel and a peer on aiortc, each in a network of its own, joined by a cable.

    python3 interop.py .build/datachannel/release/meshspec-datachannel [--messages N] [--only offer|answer]

Each opens the channel once, and each closes it once. Prints a line for each check. Exits 0 when all are ok, 1 when one is not, 2 when it
cannot begin. Needs root, iproute2, util-linux, and requirements.txt. The networks are those of two processes and end with them, however
that comes: nothing is left behind.
"""

import argparse
import asyncio
import contextlib
import json
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TIME_LIMIT = 180       # seconds for one direction of a row
LARGEST = 64 << 10     # bytes of a message; the most that GStreamer 1.22 sends, whatever the other side takes
LARGEST_IN = 64 << 10  # the most that we take: GStreamer 1.22 hands longer ones on in pieces
INSIDE = "MESHSPEC_DATACHANNEL_INSIDE"
OURS, THEIRS = "198.51.100.1", "198.51.100.2"

failed = 0


def check(row, name, good, seen=""):
    global failed
    failed += not good
    print(f"{'ok' if good else 'FAILED'} {row}: {name}" + ("" if good else f" ({str(seen)[:300]})"), flush=True)


def messages(count, who):
    """What one side says: texts and bytes of many sizes, and what the hub mesh has: a relayed signal."""
    for n in range(count):
        if n == 0:
            signal = {"type": "offer", "data": {"sdp": "v=0\r\n"}, "fromPeerId": "a" * 40, "targetPeerId": "b" * 40, "networkName": "g",
                      "timestamp": 1}
            yield json.dumps({"type": "client-signal-relay", "targetPeerId": "b" * 40, "signalData": signal, "timestamp": 1},
                             separators=(",", ":"))
            continue
        most = LARGEST if who == "meshspec" else LARGEST_IN
        size = most if n % 50 == 7 else min(most, 65535) if n % 50 == 31 else n * 7919 % 2000
        if n % 10 in (3, 7):
            yield bytes((n + i * 31) % 256 for i in range(256)) * (size // 256) + bytes([n % 256]) * (size % 256)
        elif n == 2 and who == "aiortc":  # GStreamer 1.22 ends with an empty one of ours
            yield ""
        else:
            head = json.dumps({"n": n, "from": who, "text": "é \"quoted\" \n line \u2028 🐦"}, ensure_ascii=n % 2 == 0)
            # White space, line ends and all, is part of the message.
            text = head[:-1] + ',\n "pad": "' + "x" * max(0, size - len(head.encode()) - 13) + '"}'
            yield text


class Program:
    """A process that speaks lines."""

    def __init__(self, process, name):
        self.process, self.name, self.lines = process, name, asyncio.Queue()
        self.reading = asyncio.create_task(self.read())

    @classmethod
    async def start(cls, name, *command):
        pipe = asyncio.subprocess.PIPE
        return cls(await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=pipe, limit=1 << 24), name)

    async def read(self):
        while line := await self.process.stdout.readline():
            await self.lines.put(json.loads(line))
        await self.lines.put({"type": "end"})

    async def say(self, kind, **members):
        with contextlib.suppress(ConnectionError):
            self.process.stdin.write((json.dumps({"type": kind, **members}) + "\n").encode())
            await self.process.stdin.drain()

    async def next(self, *kinds, seconds=30):
        """The next line, which has to be of one of these types."""
        line = await asyncio.wait_for(self.lines.get(), seconds)
        if line["type"] not in kinds:
            raise Unexpected(f"{self.name} says {str(line)[:300]} where {' or '.join(kinds)} has to come")
        return line

    async def stop(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        await self.process.wait()
        self.reading.cancel()


class Unexpected(Exception):
    pass


def ip(*words, of=None):
    subprocess.run([*(["nsenter", "-t", str(of), "-n"] if of else []), "ip", *words], check=True)


def cable(pid):
    """From our network to the one of that process."""
    ip("link", "add", "hub0", "type", "veth", "peer", "name", "hub1", "netns", str(pid))
    for link, address, of in (("hub0", OURS, None), ("hub1", THEIRS, pid)):
        ip("addr", "add", f"{address}/24", "dev", link, of=of)
        ip("link", "set", link, "up", of=of)


async def until_open(one, other, kinds):
    """Hands signals from one to the other until it tells that the channel is open; returns that line, and the signals."""
    signals = []
    while True:
        line = await one.next("offer", "answer", "ice-candidate", kinds)
        if line["type"] == kinds:
            return line, signals
        signals.append(line)
        await other.say(line["type"], data=line["data"])


async def both(row, ours, theirs, count):
    """All messages, both ways at once."""
    async def we_say():
        for message in messages(count, "meshspec"):
            if isinstance(message, str):
                await ours.say("channel-text", text=message)
            else:
                await ours.say("channel-binary", bytes=message.hex())

    async def they_say():
        for message in messages(count, "aiortc"):
            if isinstance(message, str):
                await theirs.say("text", text=message)
            else:
                await theirs.say("text", text=json.dumps({"type": "__BINARY__", "size": len(message)}))
                await theirs.say("bytes", bytes=message.hex())

    async def we_hear():
        for n, message in enumerate(messages(count, "aiortc")):
            line = await ours.next("channel-text", "channel-binary", "ice-candidate", seconds=60)
            while line["type"] == "ice-candidate":
                line = await ours.next("channel-text", "channel-binary", "ice-candidate", seconds=60)
            got = line["text"] if line["type"] == "channel-text" else bytes.fromhex(line["bytes"])
            if got != message:
                return f"message {n} is {str(line)[:200]}"
        return ""

    async def they_hear():
        for n, message in enumerate(messages(count, "meshspec")):
            line = await theirs.next("text", "bytes", seconds=60)
            if isinstance(message, bytes):
                # To the letter, as section 6 of the description has it.
                if line != {"type": "text", "text": '{"type":"__BINARY__","size":%d}' % len(message)}:
                    return f"bytes {n} are announced by {str(line)[:200]}"
                line = await theirs.next("bytes", seconds=60)
            if (line["text"] if line["type"] == "text" else bytes.fromhex(line["bytes"])) != message:
                return f"message {n} is {str(line)[:200]}"
        return ""

    told = await asyncio.wait_for(asyncio.gather(they_hear(), we_hear(), we_say(), they_say()), TIME_LIMIT)
    texts = f"{count} messages in order, one in five binary"
    check(row, f"HUB-76 HUB-89 {texts}: ours arrive, to {LARGEST >> 10} KiB", told[0] == "", told[0])
    check(row, f"HUB-76 HUB-89 {texts}: theirs arrive, to {LARGEST_IN >> 10} KiB", told[1] == "", told[1])


async def pieces(row, ours, theirs):
    """Pieces of streams, and frames that are wrong."""
    header = '{"type":"__STREAM_CHUNK__","streamId":"s","chunkIndex":0,"size":3,"encoding":"binary"}'
    await ours.say("channel-binary", header=header, bytes="010203")
    lines = [await theirs.next("text", "bytes"), await theirs.next("text", "bytes")]
    good = [{"type": "text", "text": header}, {"type": "bytes", "bytes": "010203"}]
    check(row, "HUB-89 a piece of a stream of ours", lines == good, lines)
    for line in good:
        await theirs.say(**{"kind" if k == "type" else k: v for k, v in line.items()})
    line = await ours.next("channel-binary")
    check(row, "HUB-89 a piece of a stream of theirs", (line["header"], line["bytes"]) == (header, "010203"), line)
    await theirs.say("bytes", bytes="00")
    line = await ours.next("channel-error", "channel-binary")
    check(row, "HUB-89 bytes that nothing announces are refused", line["type"] == "channel-error", line)
    await theirs.say("text", text='{"type":"__BINARY__","size":2}')
    await theirs.say("bytes", bytes="00")
    line = await ours.next("channel-error", "channel-binary")
    check(row, "HUB-89 bytes of another size are refused", line["type"] == "channel-error", line)
    await ours.say("channel-text", text="x" * (LARGEST + 1))
    line = await ours.next("channel-error")
    check(row, "more than the other end takes is refused", "error" in line, line)
    await ours.say("channel-text", text="after")
    line = await theirs.next("text")
    check(row, "the channel stays open after that", line["text"] == "after", line)


async def play(binary, role, count):
    row = f"we {role}"
    their_role = "answer" if role == "offer" else "offer"
    theirs = await Program.start("aiortc", "unshare", "--net", sys.executable, str(HERE / "peer.py"), their_role)
    ours = None
    try:
        await theirs.next("ready")
        cable(theirs.process.pid)
        ours = await Program.start("meshspec-datachannel", str(binary), role)
        await theirs.say("start")
        (opened, signals), (their_view, _) = await asyncio.gather(
            until_open(ours, theirs, "channel-open"), until_open(theirs, ours, "open"))
        kinds = [s["type"] for s in signals]
        check(row, f"one {role}, and candidates", kinds.count(role) == 1 and "ice-candidate" in kinds, kinds)
        view = {k: their_view[k] for k in ("label", "ordered", "reliable", "protocol")}
        good = {"label": "messages", "ordered": True, "reliable": True, "protocol": ""}
        check(row, "HUB-76 label, order, reliability, as aiortc sees them", view == good, view)
        view = {k: opened[k] for k in ("label", "ordered", "reliable")}
        del good["protocol"]
        check(row, "HUB-76 label, order, reliability, as we see them", view == good, view)
        await both(row, ours, theirs, count)
        await pieces(row, ours, theirs)
        # Who opened closes.
        if role == "offer":
            ours.process.stdin.close()
        else:
            await theirs.say("close")
        line = await theirs.next("close")
        check(row, f"{'we' if role == 'offer' else 'they'} close: aiortc sees it", line["type"] == "close", line)
        line = await ours.next("channel-close")
        check(row, f"{'we' if role == 'offer' else 'they'} close: we see it", line["type"] == "channel-close", line)
        status = await asyncio.wait_for(ours.process.wait(), 30)
        check(row, "we exit 0", status == 0, status)
    except (Unexpected, asyncio.TimeoutError) as trouble:
        check(row, "runs to its end", False, trouble or "nothing comes")
    finally:
        for program in (ours, theirs):
            if program:
                await program.stop()
        # A network goes some time after its last process, the cable at once.
        subprocess.run(["ip", "link", "del", "hub0"], stderr=subprocess.DEVNULL, check=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary", type=pathlib.Path)
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--only", choices=("offer", "answer"))
    options = parser.parse_args()
    if INSIDE not in os.environ:
        if subprocess.run(["unshare", "--net", "true"], check=False).returncode:
            print("cannot begin: no network of our own (root is needed)", file=sys.stderr)
            return 2
        os.environ[INSIDE] = "1"
        # A network of our own: what runs inside ends with it.
        os.execvp("unshare", ["unshare", "--net", "--fork", "--kill-child", sys.executable, *sys.argv])
    try:
        ip("link", "set", "lo", "up")
        import aiortc  # noqa: F401
    except (OSError, subprocess.CalledProcessError, ImportError) as trouble:
        print(f"cannot begin: {trouble}", file=sys.stderr)
        return 2
    if not os.access(options.binary, os.X_OK):
        print(f"cannot begin: there is no program {options.binary}", file=sys.stderr)
        return 2
    for role in ("offer", "answer"):
        if options.only in (None, role):
            asyncio.run(play(options.binary.resolve(), role, options.messages))
    print(f"{failed} failed" if failed else "all ok")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
