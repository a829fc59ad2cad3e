"""Ports of loopback for nodes that the scripts of this folder start.

Several scripts run at the same time. A port that was free a moment ago may have another node when ours begins to listen, and
a suite would judge that one. So each port is reserved until this process ends, by an abstract Unix socket of its number, and
lies below the ephemeral ports of the system and below the ports that `meshspec run` takes for `{port}` (20000 to 31999).
"""

import os
import socket
import threading

FIRST, END = 11000, 17000
_reserved = {}
_lock = threading.Lock()


def _is_free(port):
    """Whether nobody has the port, neither over TCP nor over UDP. A connection that has ended holds none."""
    with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
        tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tcp.bind(("127.0.0.1", port))
            udp.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _reserve(port):
    """Whether the port is ours until this process ends."""
    mark = socket.socket(socket.AF_UNIX)
    try:
        mark.bind(f"\0meshspec-port-{port}")
    except OSError:
        mark.close()
        return False
    _reserved[port] = mark
    return True


def _release(port):
    _reserved.pop(port).close()


def free_port():
    return free_ports(1)


def free_ports(count):
    """The first of `count` consecutive ports that nobody has, and that no other process here is given until this one ends."""
    bases = range(FIRST, END - count + 1, count)
    # Each process begins somewhere else, and looks at all of them.
    first = os.getpid() * 7 % len(bases)
    with _lock:
        for base in [*bases[first:], *bases[:first]]:
            taken = []
            for port in range(base, base + count):
                if port in _reserved or not _reserve(port):
                    break
                taken.append(port)
                if not _is_free(port):
                    break
            else:
                return base
            for port in taken:
                _release(port)
    raise SystemExit(f"no port from {FIRST} to {END - 1} is free")
