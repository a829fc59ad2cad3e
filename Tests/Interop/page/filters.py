"""Captures of all protocols, and filters with every operator, function and kind of literal."""

# Each below Captures/, with the options that it is decoded with.
CAPTURES = [
    ("nano/nano-node-light-v2.pcap", []),
    ("nano/nano-node-light-responder-bug.pcap", ["--verify"]),
    ("rightmesh/rightmesh-three-superpeers.pcap", []),
    ("dxos/dxos-signal-two-peers.pcap", []),
    ("peerpigeon/peerpigeon-node.pcap", ["-t", "absolute"]),
    ("gossipsub/gossipsub-plaintext-yamux.pcap", []),
    ("gossipsub/gossipsub-noise-mplex.pcap", ["--keylog", "gossipsub/gossipsub-noise-mplex.keys.jsonl"]),
    ("tls/websocket-deflate.pcapng", []),
]

# Each chooses some messages of some capture.
FILTERS = r"""
state.hash contains a76d1b3c
nano.publish.state.hash[0:2] == a7:6d
final
nano.confirm_ack.final == true
answers
answers == 1
answers > 20 and answer.time < 1ms
answer.time >= 974us
not answers and nano
nano
nano.keepalive
dxos.finding
rightmesh.incomplete or websocket.frame
message == nano.publish
message != nano.keepalive and nano
message in {nano.publish, nano.keepalive}
message contains hand
message matches /nano\.(publish|keepalive)/
message matches "NANO.*"
message matches /PUB|KEEP/
message matches /^nano\.[^_]*$/
message not matches "(?-i)PUBLISH"
message matches "(?-i)publish"
message matches "(?i)PUBLISH"
message matches /\d/
message not matches /^nano/
message not matches /.*frame/
message not contains frame
not (message contains "frame")
n == 3
n != 3
n < 5
n <= 5
n > 30
n >= 30
n eq 2 or n ne 2 and n lt 4
n le 3 && n ge 2
n gt 3 ^^ n < 6
n > 3 xor n < 6 xor n in {2, 4..5}
n in {1, 3, 10..12}
n not in {1..20}
3 < n
5 >= n
!(n > 3)
not not n < 3
n == 0x3
time < 0.01
time >= 500ms and time <= 2s
time > 2026-11-20T06:15:34Z
time < 2026-11-21
frame.time > 2026-11-24T22:10:00.5
frame.time_relative > 0.05min
frame.time_delta > 20us
frame.time_delta < 1ms
frame.time_delta == 0.000046 or frame.time_delta in {1us..100us}
src == 127.0.0.1
dst == 127.0.0.1:7075
addr == 127.0.2.0/24
addr != 127.0.2.1
any addr != 127.0.2.1
all addr == 127.0.0.0/8
addr !== 127.0.2.1
addr === 127.0.0.1
src in {127.0.2.1, 127.0.0.1:7075}
ip.addr == 127.0.0.1 and ip.src == 127.0.0.0/30
ip.dst == 127.0.1.1
not ipv6.addr
port == 7075
src.port == 7075
dst.port in {3000, 7000..8000}
tcp.port == 7075 or udp.port == 40000
tcp.srcport == tcp.dstport or udp.srcport == udp.dstport
tcp.stream == 0
udp.dstport == 40000 and transport == udp
transport == tcp
flow == 2
length > 1000
length == 8
length * 2 == 16
length + 1 > 150
length - 8 == 0
length / 10 == 15
length % 2 == 1
length & 4
length & 0xff == 8
100 < length + 1
-length < -1000
(length + 2) * 3 == 30
offset > 1000
bytes
bytes contains 52:43
bytes contains "plaintext"
bytes[0:2] == 5243
bytes[0] == 81
bytes[-1] == 0a
bytes[:2,4-5] == 0x524314ff or bytes[:2,4-5] == 0x52431402
bytes[2:] contains 00
len(bytes) == 8
frame == 9
frames > 100
frame.number in {4..9}
frame.len > 200
sender == client
path == websocket
path contains yamux
path matches /.*\/#[0-9]+\/.*/
len(path) > 9
upper(path) contains WEBSOCKET
malformed or incomplete
violation
warning or info
requirement
notes.severity == warning
notes.text contains "not"
notes.requirement contains NANO
protocol == rightmesh
protocol in {nano, dxos}
version_max == 21
type == keepalive
type == "keepalive" or type == 2
nano.type != publish
type contains ack
type matches /keep.*/
extensions & 5
extensions == 0
nano.extensions > 0x1000
extensions & query == query
query
query contains a5cf
query[0:2] == a5cf
len(query) == 32
response.node_id contains node_3
response.signature
peers.port == 7076
any peers.port == 7076
all peers.port != 7075
peers.port != 7075
peers[1].port == 7076
peers.address == 127.0.0.1
peers.address == 127.0.0.0/8
peers.address not in {127.0.0.1, 10.0.0.0/8}
peers.address matches /127\..*/
peers.address contains 127.0
count(peers) == 8
count(peers.port) > 2
pairs
count(pairs) > 0
pairs.hash[0] == 99
account contains nano_3
nano.confirm_ack.account == aebc0c99ea48953a517f639493b86d6b28d7bc1d3d024aaaee79035e3124fd62
state.balance > 0
state.balance > 0.000001nano
state.balance < 340282366920938463463374607431768211455
not state.balance == 1nano and state
nano.timestamp > 2020-01-01 or nano.confirm_ack
rebroadcasted == false
nano.telemetry_ack.data
data.signature matches /FC.*/
fields.length > 100
websocket.frame.fin == 1
opcode == text
opcode in {text, close}
payload contains "type"
payload[0] == 7b
len(payload) > 100
masking_key
status == "101"
headers.name == Upgrade
headers.value matches /.*upgrade.*/
lower(headers.name) == host
upper(headers.name) == "HOST"
headers[0].name == Host
count(headers) >= 4
target contains peerId
timestamp > 2026-11-24T22:10:00Z
peerpigeon.timestamp % 2 == 0
data.isHub == false
data.reason == "bye"
data.reason contains "by" or targetPeerId
fromPeerId == system
data.peerId == fromPeerId or fromPeerId > "b"
request.method contains Signal
request.id == response.id or response.id < 9
response.stream_ready == true
request.payload.type_url matches /.*Request/
rpc.subscriptions.topic == "BTC/USDT"
rpc.subscriptions.subscribe == true
rpc.subscriptions
count(rpc.publish) > 0 or rpc.control
gossipsub.length > 10
rpc.publish.topic matches /[A-Z]{3}\/.*/
rpc.publish.from matches /Qm.*|1.*/
tcp.stream == 1
flags & 1
rightmesh.src[0:2] == 3696
rightmesh.src == rightmesh.dst or rightmesh.src < rightmesh.dst
rightmesh.src != rightmesh.dst
frag_index == 0
frag_index < frag_count
hop_limit == 16 and role == client
role in {client, superpeer}
magic == 524d
msg_id == ack_id
msg_id + 1 > ack_id and ack_id
body_crc
"127" == "127" or n
""".strip().splitlines()[:-1]

# Each is refused.
WRONG = r"""
nano.keepaliv
n ==
n == x
n = 3
(n == 3
n == 3)
n == 3 n
nano and
nano.type == keepalve
length(n) == 3
peers == 3
malformed == 1
version_max == "a"
n matches 3
n matches /(/
n contains 1
frame contains 52:43
tcp
udp and nano
frame.cap_len > 1
tcp.flags.syn == 1
eth.addr
message matches "(?x)a"
message matches "*a"
src > 127.0.0.1
src == 127.0.0.300
time > yesterday
query == a5cf
query[0:40] == 00
n in 3
n in {1 2}
any n
n == "text
n == "\q"
nano.magic_number == 1
tcp.len > 3
transport == sctp
n + == 3
len(n) == 1
lower(query) == a
state.balance == 1.5.5nano
n == 1 / 0
nano == 1
5 == 5
n == --3 -
notes.severity == wrong
n | 3
""".strip().splitlines()
