#!/usr/bin/env python3
"""A server or client of the DHT of py-libp2p, driven from the command line.

    kad_node.py --listen 127.0.0.1:4001 [--client] [--connect MULTIADDR]... [--prefix /ipfs]

It prints a JSON object for each event; the first is ``ready``. It takes commands as JSON lines on standard input:
{"cmd": "provide", "key": HEX}, {"cmd": "find-providers", "key": HEX}, {"cmd": "quit"}. Nothing of py-libp2p is changed.
"""
import argparse
import json
import logging
import sys

import multiaddr
import trio
from libp2p import create_yamux_muxer_option, new_host
from libp2p.crypto.ed25519 import create_new_key_pair
from libp2p.kad_dht.kad_dht import DHTMode, KadDHT
from libp2p.peer.peerinfo import info_from_p2p_addr
from libp2p.security.insecure.transport import PLAINTEXT_PROTOCOL_ID, InsecureTransport
from libp2p.tools.anyio_service import background_trio_service


def emit(event: str, **details: object) -> None:
    print(json.dumps({"event": event, **details}), flush=True)


async def commands(dht: KadDHT) -> None:
    """Carries out the commands until the input ends."""
    while line := await trio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True):
        command = json.loads(line)
        if command["cmd"] == "quit":
            return
        key = bytes.fromhex(command["key"])
        if command["cmd"] == "provide":
            emit("provided", stored=await dht.provide(key))
        elif command["cmd"] == "find-providers":
            emit("providers", peers=[str(found.peer_id) for found in await dht.find_providers(key)])
    await trio.sleep_forever()


async def run(arguments: argparse.Namespace) -> None:
    pair = create_new_key_pair()
    host = new_host(
        key_pair=pair,
        sec_opt={PLAINTEXT_PROTOCOL_ID: InsecureTransport(pair)},
        muxer_opt=create_yamux_muxer_option(),
    )
    address, port = arguments.listen.split(":")
    async with host.run([multiaddr.Multiaddr(f"/ip4/{address}/tcp/{port}")]), trio.open_nursery() as nursery:
        nursery.start_soon(host.get_peerstore().start_cleanup_task, 60)
        for target in arguments.connect:
            await host.connect(info_from_p2p_addr(multiaddr.Multiaddr(target)))
        mode = DHTMode.CLIENT if arguments.client else DHTMode.SERVER
        dht = KadDHT(host, mode, protocol_prefix=arguments.prefix)
        async with background_trio_service(dht):
            for target in arguments.connect:
                await dht.add_peer(info_from_p2p_addr(multiaddr.Multiaddr(target)).peer_id)
            emit("ready", peer_id=str(host.get_id()), addrs=[str(a) for a in host.get_addrs()])
            await commands(dht)
        nursery.cancel_scope.cancel()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", required=True)
    parser.add_argument("--connect", action="append", default=[])
    parser.add_argument("--prefix", default="/ipfs")
    parser.add_argument("--client", action="store_true")
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR)
    trio.run(run, parser.parse_args())
    return 0


if __name__ == "__main__":
    sys.exit(main())
