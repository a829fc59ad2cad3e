"""Plain HTTP on the port of a hub: /health, /hubs, what browsers ask before, and a line for everything else."""
import time

import ws
from distance import canonical
from values import iso

BANNER = "PeerPigeon WebSocket Signaling Server"


def answer(hub, method, target):
    """The answer to a request that is no upgrade, on any path."""
    headers = [] if hub.fault == "no-cors" else [("Access-Control-Allow-Origin", hub.args.cors)]
    is_head = method == "HEAD"
    if method == "OPTIONS":
        headers += [("Access-Control-Allow-Methods", "GET, POST, OPTIONS"),
                    ("Access-Control-Allow-Headers", "Content-Type, Authorization")]
        return ws.response(200, "OK", "", headers)
    if target == "/health":
        counts = {"connections": len(hub.connections), "peers": len(hub.peers), "hubs": len(hub.hubs),
                  "networks": len(hub.networks)}
        if hub.fault == "stale-counters":
            counts = dict.fromkeys(counts, 0)
        body = {"status": "healthy", "timestamp": iso(), "uptime": time.monotonic() - hub.began, "isHub": not hub.args.plain,
                **counts, "memory": {"rss": 0, "heapTotal": 0, "heapUsed": 0, "external": 0, "arrayBuffers": 0}}
    elif target == "/hubs":
        body = {"timestamp": iso(), "totalHubs": len(hub.hubs),
                "hubs": [{"peerId": one, **info} for one, info in hub.hubs.items()]}
    else:
        if hub.fault == "not-found":
            return ws.response(404, "Not Found", "", headers)
        return ws.response(200, "OK", BANNER, [("Content-Type", "text/plain"), *headers], is_head)
    return ws.response(200, "OK", canonical(body), [("Content-Type", "application/json"), *headers], is_head)
