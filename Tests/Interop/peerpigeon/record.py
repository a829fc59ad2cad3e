#!/usr/bin/env python3
"""Records a mesh of three hubs with data channels: Captures/webrtc/hub-mesh.pcap, its keys, and what the clients sent.

    sudo unshare -n python3 record.py meshspec FOLDER

Two clients of different hubs signal each other: before the hubs have migrated to their data channels, afterwards, and after one hub was
killed. A third client joins and leaves, so hubs gossip over their channels. Runs tcpdump on the loopback interface of a network namespace
of its own, which shows no other program. FOLDER receives hub-mesh.pcap, hub-mesh.keys and hub-mesh.json.
"""
import asyncio
import hashlib
import json
import pathlib
import subprocess
import sys
import tempfile

import mesh

SIGNALS = ("offer", "answer", "ice-candidate")


def data(kind, n):
    """The data of a signal. Some have more bytes than fit in one packet of SCTP, and characters of 1 to 4 bytes."""
    if kind == "ice-candidate":
        return {"candidate": f"candidate:{n} 1 udp 2122260223 192.0.2.{n} 5000{n} typ host", "sdpMid": "0", "sdpMLineIndex": 0}
    return {"type": kind, "sdp": f"v=0\r\ns={n}\r\na=é🐦\r\n" + "a=mid:0\r\n" * (n * n * 40)}


class Recording:
    def __init__(self):
        self.sent = []

    async def signals(self, when, one, other, rounds):
        """Each client sends signals of each type to the other one. Waits until all have arrived."""
        for n in range(rounds):
            for sender, receiver in ((one, other), (other, one)):
                for kind in SIGNALS:
                    # No two signals are equal: hubs do not relay the same signal again.
                    content = {**data(kind, n), "when": when}
                    sender.socket.send(json.dumps({"type": kind, "data": content, "targetPeerId": receiver.id, "networkName": "global"}))
                    text = json.dumps(content, sort_keys=True)
                    self.sent.append({"when": when, "type": kind, "from": sender.id, "to": receiver.id,
                                      "sha256": hashlib.sha256(text.encode()).hexdigest()[:16]})
            await asyncio.sleep(0.05)
        for sender, receiver in ((one, other), (other, one)):
            def count():
                return sum(m["type"] in SIGNALS and m["data"]["when"] == when and m["fromPeerId"] == sender.id for m in receiver.messages)
            await receiver.wait(lambda: count() >= rounds * len(SIGNALS))
            mesh.check(f"{when}: {rounds * len(SIGNALS)} signals from client {sender.id[:2]} arrive once",
                       count() == rounds * len(SIGNALS), count())


async def play(program, keys):
    recording, hubs = Recording(), []

    async def hub(name, *others):
        options = ["--keylog", str(keys / name), "-P", "migration_delay=1s"]
        hubs.append(await mesh.Hub(program, name, others, options=options).start())
        return hubs[-1]

    try:
        a = await hub("b0")
        one = await mesh.Client("01", a).start()
        b, c = await hub("a0", a), await hub("c0", a)
        # The first client is one of the hub that both others dial. The second one is one of a hub that dials.
        other = await mesh.Client("02", b).start()
        await asyncio.gather(one.wait(lambda: one.knows(other)), other.wait(lambda: other.knows(one)))
        await recording.signals("before migration", one, other, 1)
        for h in hubs:
            await h.wait("hub_p2p_connected", 2)
        for h in (b, c):
            mesh.check(f"hub {h.id[:2]} leaves WebSocket", bool(await h.wait("bootstrap_disconnected")), h.events[-5:])
        await asyncio.sleep(1)
        await recording.signals("over channels", one, other, 3)
        # Gossip: a client joins and leaves.
        third = await mesh.Client("03", b).start()
        mesh.check("a client of another hub is discovered", await one.wait(lambda: one.knows(third)))
        third.socket.close()
        mesh.check("its leave is reported", await one.wait(lambda: any(m["type"] == "peer-disconnected" for m in one.messages)))

        await c.kill()
        await recording.signals("after a hub is killed", one, other, 2)
        for h in (a, b):
            lost = [e["peer"] for e in await h.wait("hub_p2p_disconnected", seconds=mesh.FAILOVER)]
            mesh.check(f"hub {h.id[:2]} notices the killed hub", lost == [c.id], lost)
        await recording.signals("after its channels are gone", one, other, 1)
        for client in (one, other):
            client.socket.close()
        await asyncio.sleep(0.5)
        for h in (b, a):
            h.process.terminate()
            await h.process.wait()
            await asyncio.sleep(0.5)
    finally:
        for h in hubs:
            await h.kill()
    return {"clients": {client.id: client.hub.id for client in (one, other, third)}, "killed": c.id, "signals": recording.sent}


def main():
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    program, folder = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    capture = folder / "hub-mesh.pcap"
    tcpdump = subprocess.Popen(["tcpdump", "-Z", "root", "-i", "lo", "-U", "-w", str(capture)], stderr=subprocess.PIPE)
    # It prints this when it has begun.
    tcpdump.stderr.readline()
    try:
        with tempfile.TemporaryDirectory() as keys:
            told = asyncio.run(play(str(program), pathlib.Path(keys)))
            # Both hubs of a connection log its keys.
            lines = sorted({line for file in pathlib.Path(keys).iterdir() for line in file.read_text().splitlines()})
    finally:
        tcpdump.terminate()
        tcpdump.wait()
    (folder / "hub-mesh.keys").write_text("".join(line + "\n" for line in lines))
    (folder / "hub-mesh.json").write_text(json.dumps(told, indent=1) + "\n")
    print(f"{mesh.failed} failed" if mesh.failed else "all ok")
    return 1 if mesh.failed else 0


if __name__ == "__main__":
    sys.exit(main())
