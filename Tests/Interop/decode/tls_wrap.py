#!/usr/bin/env python3
"""Writes Captures/tls/wrapped-*.pcapng: one connection of a plain capture, carried in TLS by two ends of OpenSSL.

    python3 tls_wrap.py [NAME...]       # at the root of a checkout; without names, all of WRAPPED

Needs `openssl` and libssl 3 with all suites, here 3.0. No packet leaves the process: both ends read and write memory, and this
script writes the segments (of at most 700 bytes), their times and the secrets block. The certificates are made for the run and
thrown away. A later run gives other random bytes, keys and certificates, but the same messages inside.
"""

import ctypes
import ctypes.util
import pathlib
import struct
import subprocess
import sys
import tempfile

ssl = ctypes.CDLL(ctypes.util.find_library("ssl"))
crypto = ctypes.CDLL(ctypes.util.find_library("crypto"))
P, I, L, S = ctypes.c_void_p, ctypes.c_int, ctypes.c_long, ctypes.c_char_p
for library, name, result, *arguments in [
        (ssl, "TLS_method", P), (ssl, "SSL_CTX_new", P, P), (ssl, "SSL_new", P, P), (ssl, "SSL_CTX_ctrl", L, P, I, L, P),
        (ssl, "SSL_CTX_set_cipher_list", I, P, S), (ssl, "SSL_CTX_set_ciphersuites", I, P, S), (ssl, "SSL_set_bio", None, P, P, P),
        (ssl, "SSL_CTX_use_certificate_file", I, P, S, I), (ssl, "SSL_CTX_use_PrivateKey_file", I, P, S, I),
        (ssl, "SSL_CTX_set_keylog_callback", None, P, P), (ssl, "SSL_set_accept_state", None, P), (ssl, "SSL_set_connect_state", None, P),
        (ssl, "SSL_do_handshake", I, P), (ssl, "SSL_read", I, P, P, I), (ssl, "SSL_write", I, P, S, I), (ssl, "SSL_shutdown", I, P),
        (ssl, "SSL_renegotiate", I, P), (ssl, "SSL_get1_session", P, P), (ssl, "SSL_set_session", I, P, P), (ssl, "SSL_session_reused", I, P),
        (ssl, "SSL_CTX_set_options", ctypes.c_uint64, P, ctypes.c_uint64), (ssl, "SSL_set_alpn_protos", I, P, S, ctypes.c_uint),
        (ssl, "SSL_CTX_set_alpn_select_cb", None, P, P, P), (ssl, "SSL_CTX_set_session_id_context", I, P, S, ctypes.c_uint),
        (ssl, "SSL_key_update", I, P, I), (crypto, "BIO_new", P, P), (crypto, "BIO_s_mem", P), (crypto, "BIO_ctrl", L, P, I, L, P),
        (crypto, "BIO_read", I, P, P, I), (crypto, "BIO_write", I, P, S, I)]:
    function = getattr(library, name)
    function.restype, function.argtypes = result, arguments
MIN_VERSION, MAX_VERSION = 123, 124
TLS12, TLS13 = 0x0303, 0x0304
NO_TICKET, NO_ENCRYPT_THEN_MAC, ALLOW_CLIENT_RENEGOTIATION = 1 << 14, 1 << 19, 1 << 8

RELAY = ("Captures/websocket/relay.pcap", 44068)
DXOS = ("Captures/dxos/dxos-signal-two-peers.pcap", 34836)
# Name: version, suites in OpenSSL's words, key of the certificate, what is carried, and what happens besides.
WRAPPED = {
    "rsa-aes128-gcm": (TLS12, "AES128-GCM-SHA256", "rsa", RELAY, ""),
    "rsa-aes256-gcm": (TLS12, "AES256-GCM-SHA384", "rsa", RELAY, ""),
    "ecdhe-aes128-gcm": (TLS12, "ECDHE-RSA-AES128-GCM-SHA256", "rsa", DXOS, ""),
    "ecdhe-aes256-gcm": (TLS12, "ECDHE-ECDSA-AES256-GCM-SHA384", "ec", RELAY, ""),
    "ecdhe-chacha20": (TLS12, "ECDHE-ECDSA-CHACHA20-POLY1305", "ec", RELAY, ""),
    "ecdhe-aes128-ccm": (TLS12, "ECDHE-ECDSA-AES128-CCM", "ec", RELAY, ""),
    "ecdhe-aes256-ccm8": (TLS12, "ECDHE-ECDSA-AES256-CCM8", "ec", RELAY, ""),
    "ecdhe-aes128-cbc": (TLS12, "ECDHE-ECDSA-AES128-SHA256", "ec", RELAY, ""),
    "rsa-aes256-cbc": (TLS12, "AES256-SHA", "rsa", RELAY, "mac first"),
    "ecdhe-aes256-cbc": (TLS12, "ECDHE-RSA-AES256-SHA384", "rsa", RELAY, "mac first"),
    "tls13-aes128-ccm": (TLS13, "TLS_AES_128_CCM_SHA256", "ec", RELAY, ""),
    "tls13-aes128-ccm8": (TLS13, "TLS_AES_128_CCM_8_SHA256", "ec", RELAY, "update"),
    "resumed": (TLS12, "ECDHE-ECDSA-AES128-GCM-SHA256", "ec", RELAY, "resume"),
    "resumed-id": (TLS12, "ECDHE-ECDSA-AES256-GCM-SHA384", "ec", RELAY, "resume id"),
    "renegotiated": (TLS12, "ECDHE-ECDSA-AES128-GCM-SHA256", "ec", RELAY, "renegotiate"),
}


def said(path, port):
    """The pieces of the connection from this client port, as (is from the client, bytes)."""
    data = pathlib.Path(path).read_bytes()
    at, out = 24, []
    while at < len(data):
        kept = struct.unpack_from("<I", data, at + 8)[0]
        ip = data[at + 16 + 14:at + 16 + kept]
        at += 16 + kept
        end, tcp = struct.unpack_from(">H", ip, 2)[0], (ip[0] & 15) * 4
        ports = struct.unpack_from(">HH", ip, tcp)
        payload = ip[tcp + (ip[tcp + 12] >> 4) * 4:end]
        if port in ports and payload:
            out.append((ports[0] == port, payload))
    return out


class Wire:
    """The packets of connections between two addresses, as pcapng."""

    def __init__(self):
        self.packets, self.time, self.port = [], 1_790_000_000_000_000, 40000

    def begin(self):
        self.port += 1
        self.next = {True: 1000, False: 5000}
        self.put(True, 2)
        self.put(False, 0x12)
        self.put(True, 0x10)

    def put(self, client, flags, payload=b""):
        ports = (self.port, 443) if client else (443, self.port)
        a, b = bytes([10, 0, 0, 1]), bytes([10, 0, 0, 2])
        source, target = (a, b) if client else (b, a)
        acknowledged = self.next[not client] if flags & 0x10 else 0
        tcp = struct.pack(">HHIIBBHHH", *ports, self.next[client], acknowledged, 0x50, flags, 64000, 0, 0) + payload
        tcp = tcp[:16] + checksum(source + target + struct.pack(">HH", 6, len(tcp)) + tcp) + tcp[18:]
        ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), len(self.packets), 0x4000, 64, 6, 0, source, target)
        self.packets.append((self.time, ip[:10] + checksum(ip) + ip[12:] + tcp))
        self.time += 1000
        self.next[client] += len(payload) + (1 if flags & 3 else 0)

    def say(self, client, content):
        for i in range(0, len(content), 700):
            self.put(client, 0x18, content[i:i + 700])

    def end(self):
        self.put(True, 0x11)
        self.put(False, 0x11)
        self.put(True, 0x10)

    def pcapng(self, log):
        def block(kind, body):
            body += bytes(-len(body) % 4)
            return struct.pack("<II", kind, len(body) + 12) + body + struct.pack("<I", len(body) + 12)
        out = block(0x0A0D0D0A, struct.pack("<IHHq", 0x1A2B3C4D, 1, 0, -1)) + block(1, struct.pack("<HHI", 101, 0, 0))
        out += block(10, struct.pack("<II", 0x544C534B, len(log)) + log)
        for time, packet in self.packets:
            out += block(6, struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(packet), len(packet)) + packet)
        return out


def checksum(data):
    data += bytes(len(data) & 1)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack(">H", ~total & 0xFFFF)


KEYLOG = ctypes.CFUNCTYPE(None, P, S)
SELECT = ctypes.CFUNCTYPE(I, P, ctypes.POINTER(P), ctypes.POINTER(ctypes.c_ubyte), P, ctypes.c_uint, P)
HTTP = ctypes.create_string_buffer(b"http/1.1")


@SELECT
def select(_, chosen, length, *__):
    chosen[0], length[0] = ctypes.addressof(HTTP), 8
    return 0


class End:
    """One end of a connection."""

    def __init__(self, context, is_client):
        self.ssl, self.input, self.output = ssl.SSL_new(context), *(crypto.BIO_new(crypto.BIO_s_mem()) for _ in range(2))
        ssl.SSL_set_bio(self.ssl, self.input, self.output)
        (ssl.SSL_set_connect_state if is_client else ssl.SSL_set_accept_state)(self.ssl)

    def take(self):
        buffer = ctypes.create_string_buffer(1 << 16)
        count = crypto.BIO_read(self.output, buffer, len(buffer))
        return buffer.raw[:max(0, count)]

    def read(self):
        buffer = ctypes.create_string_buffer(1 << 16)
        count = ssl.SSL_read(self.ssl, buffer, len(buffer))
        return buffer.raw[:max(0, count)]


def context(version, suites, certificate):
    made = ssl.SSL_CTX_new(ssl.TLS_method())
    for limit in (MIN_VERSION, MAX_VERSION):
        ssl.SSL_CTX_ctrl(made, limit, version, None)
    if version == TLS13:
        assert ssl.SSL_CTX_set_ciphersuites(made, suites.encode()) == 1
    else:
        assert ssl.SSL_CTX_set_cipher_list(made, (suites + ":@SECLEVEL=0").encode()) == 1
    if certificate:
        ssl.SSL_CTX_use_certificate_file(made, certificate.encode(), 1)
        assert ssl.SSL_CTX_use_PrivateKey_file(made, certificate.encode(), 1) == 1
        ssl.SSL_CTX_set_session_id_context(made, b"wrap", 4)
        ssl.SSL_CTX_set_alpn_select_cb(made, ctypes.cast(select, P), None)
        ssl.SSL_CTX_set_options(made, ALLOW_CLIENT_RENEGOTIATION)
    return made


def wrap(name, folder):
    version, suites, kind, (path, port), more = WRAPPED[name]
    pem = f"{folder}/{kind}.pem"
    if not pathlib.Path(pem).exists():
        key = ["rsa:1024"] if kind == "rsa" else ["ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        subprocess.run(["openssl", "req", "-x509", "-newkey", *key, "-nodes", "-days", "9999", "-subj", "/CN=localhost",
                        "-keyout", pem, "-out", pem + ".crt"], check=True, capture_output=True)
        pathlib.Path(pem).write_text(pathlib.Path(pem).read_text() + pathlib.Path(pem + ".crt").read_text())
    lines = []
    log = KEYLOG(lambda _, line: lines.append(line) if line not in lines else None)
    contexts = {True: context(version, suites, None), False: context(version, suites, pem)}
    for made in contexts.values():
        ssl.SSL_CTX_set_keylog_callback(made, ctypes.cast(log, P))
        if more == "mac first":
            ssl.SSL_CTX_set_options(made, NO_ENCRYPT_THEN_MAC)
        if more == "resume id":
            ssl.SSL_CTX_set_options(made, NO_TICKET)
    wire, session = Wire(), None
    # A resumed connection follows one that carries nothing.
    for is_last in ([False, True] if "resume" in more else [True]):
        ends = {True: End(contexts[True], True), False: End(contexts[False], False)}
        ssl.SSL_set_alpn_protos(ends[True].ssl, b"\x08http/1.1", 9)
        if session:
            ssl.SSL_set_session(ends[True].ssl, session)
        wire.begin()

        def flow(side):
            """Hands over what a side has to send, and what the other sides has to answer, and returns what was read."""
            read = {True: b"", False: b""}
            for _ in range(8):
                content = ends[side].take()
                wire.say(side, content)
                side = not side
                crypto.BIO_write(ends[side].input, content, len(content))
                ssl.SSL_do_handshake(ends[side].ssl)
                read[side] += ends[side].read()
            return read

        ssl.SSL_do_handshake(ends[True].ssl)
        flow(True)
        pieces = said(path, port) if is_last else []
        for i, (client, content) in enumerate(pieces):
            if i == len(pieces) // 2 and more == "renegotiate":
                ssl.SSL_renegotiate(ends[True].ssl)
                ssl.SSL_do_handshake(ends[True].ssl)
                flow(True)
            if i == len(pieces) // 2 and more == "update":
                ssl.SSL_key_update(ends[client].ssl, 1)
            assert ssl.SSL_write(ends[client].ssl, content, len(content)) == len(content)
            assert flow(client)[not client] == content
        session = ssl.SSL_get1_session(ends[True].ssl)
        if "resume" in more:
            assert ssl.SSL_session_reused(ends[True].ssl) == is_last
        for client in (True, False):
            ssl.SSL_shutdown(ends[client].ssl)
            flow(client)
        wire.end()
    pathlib.Path(f"Captures/tls/wrapped-{name}.pcapng").write_bytes(wire.pcapng(b"".join(line + b"\n" for line in lines)))


with tempfile.TemporaryDirectory() as folder:
    for name in sys.argv[1:] or WRAPPED:
        wrap(name, folder)
