"""Multiaddrs of TCP: text and bytes, and where they lead."""

import ipaddress

from identity import base58, check_peer_id, parse_peer_id
from wire import Malformed, prefixed, read_varint, varint

IP4, TCP, IP6, P2P, DNS, DNS4, DNS6 = 4, 6, 0x29, 0x1a5, 53, 54, 55
NAMES = {"ip4": IP4, "ip6": IP6, "tcp": TCP, "p2p": P2P, "ipfs": P2P, "dns": DNS, "dns4": DNS4, "dns6": DNS6}


def encode(text):
    parts = text.strip("/").split("/")
    if len(parts) % 2 or not text.startswith("/"):
        raise Malformed(f"{text} is no multiaddr")
    out = b""
    for name, value in zip(parts[::2], parts[1::2]):
        code = NAMES.get(name)
        if code is None:
            raise Malformed(f"no address of {name} is known here")
        try:
            if code in (IP4, IP6):
                body = ipaddress.ip_address(value).packed
            elif code == TCP:
                body = int(value).to_bytes(2, "big")
            elif code == P2P:
                body = prefixed(parse_peer_id(value))
            else:
                body = prefixed(value.encode())
        except (ValueError, OverflowError) as error:
            raise Malformed(f"{text}: {error}") from error
        out += varint(code) + body
    return out


def decode(data):
    """The parts of a binary multiaddr: (code, value) with the value as text."""
    parts, at = [], 0
    while at < len(data):
        code, at = read_varint(data, at)
        if code in (IP4, TCP, IP6):
            size = {IP4: 4, TCP: 2, IP6: 16}[code]
        elif code in (P2P, DNS, DNS4, DNS6):
            size, at = read_varint(data, at)
        else:
            raise Malformed(f"no address of code {code} is known here")
        value = data[at:at + size]
        if len(value) != size:
            raise Malformed("a multiaddr ends too early")
        at += size
        if code in (IP4, IP6):
            parts.append((code, str(ipaddress.ip_address(value))))
        elif code == TCP:
            parts.append((code, str(int.from_bytes(value, "big"))))
        else:
            parts.append((code, base58(value) if code == P2P else value.decode("utf-8", "replace")))
    return parts


def of(host, port):
    """The multiaddr text of a socket address."""
    return f"/{'ip6' if ':' in host else 'ip4'}/{host}/tcp/{port}"


def endpoint(text):
    """Host, port and expected peer id (or None) of an address to dial: a multiaddr, or HOST:PORT, or HOST:PORT/0xID."""
    if not text.startswith("/"):
        place, _, told = text.partition("/")
        host, _, port = place.rpartition(":")
        if not host or not port.isdecimal():
            raise Malformed(f"{text} is no address")
        try:
            peer = bytes.fromhex(told.removeprefix("0x"))
            if peer:
                check_peer_id(peer)
        except ValueError as error:
            raise Malformed(f"{told} is no peer id") from error
        return host.strip("[]"), int(port), peer or None
    return endpoint_of(decode(encode(text)))


def endpoint_of(parts):
    codes = [code for code, _ in parts]
    if codes[:2] not in ([IP4, TCP], [IP6, TCP], [DNS, TCP], [DNS4, TCP], [DNS6, TCP]) or codes[2:] not in ([], [P2P]):
        raise Malformed("not an address of TCP")
    return parts[0][1], int(parts[1][1]), parse_peer_id(parts[2][1]) if codes[2:] else None
