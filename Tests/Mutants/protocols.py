"""The protocols: which sources have mutants, and in which configurations the suite runs."""

import dataclasses
import pathlib
import shlex
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


@dataclasses.dataclass(frozen=True)
class Protocol:
    name: str
    module: str
    suite: str  # the name of the protocol whose cases watch it
    folders: tuple  # the folders and files of the module whose code decides what the node does
    without: tuple = ()  # of these, the files that describe messages, or that only the harness uses


# A folder is in the list if its code decides what a node sends, keeps or ignores: nodes, clients, state machines, layers.
# These are not: descriptions of messages, observers of captures, seeded faults, functions of the scenario language, and
# decoders (`Layer`, `Framing`) that captures and the harness's own side use and no node calls.
PROTOCOLS = [
    Protocol("dxos", "DXOS", "dxos", ("Service", "Node", "Hosts", "Bus"), ("Node/NodeParameters.swift",)),
    Protocol("peerpigeon", "PeerPigeon", "peerpigeon", ("Node", "Client", "Mesh", "Channel"), (
        "Node/NodeParameters.swift", "Channel/BinaryHeader.swift", "Channel/ChannelFrame.swift",
        "Channel/GossipMessage.swift", "Channel/StreamAbort.swift", "Channel/StreamChunk.swift", "Channel/StreamEnd.swift",
        "Channel/StreamInit.swift", "Mesh/PigeonRelayModel.swift", "Mesh/MeshFault.swift")),
    Protocol("websocket", "WebSocket", "websocket", (
        "Session", "Handshake", "Node", "Deflate", "Framing"), (
        "Framing/BodyFraming.swift", "Framing/FoundFrame.swift", "Framing/StatusLine.swift", "Framing/StreamFraming.swift",
        "Node/Relay.swift")),
    Protocol("rightmesh", "RightMesh", "rightmesh", ("Node", "Tables", "Reassembly", "Framing"), (
        "Framing/Catalogue.swift", "Framing/DatagramLayer.swift", "Framing/Framing.swift",
        "Framing/RightMeshMessage.swift", "Node/AddressProof.swift", "Tables/EventLog.swift")),
    Protocol("libp2p", "Libp2p", "gossipsub", (
        "Host", "Identify", "Identity/Envelope.swift", "Layers", "Mplex", "Multistream", "Noise", "Plaintext", "Rendezvous",
        "Yamux"), (
        "Identify/IdentifyMessage.swift", "Identify/LeafLayer.swift", "Identify/PingMessage.swift",
        "Layers/ExchangeLayer.swift", "Layers/LayerName.swift", "Layers/Libp2pParameters.swift",
        "Layers/Libp2pOptions.swift", "Mplex/MplexFrame.swift", "Noise/NoiseLayer.swift", "Noise/NoiseMessages.swift",
        "Noise/NoisePayload.swift", "Noise/NoisePayloadLayer.swift", "Plaintext/Exchange.swift",
        "Plaintext/PlaintextLayer.swift", "Rendezvous/RendezvousDiscover.swift",
        "Rendezvous/RendezvousDiscoverResponse.swift", "Rendezvous/RendezvousMessage.swift",
        "Rendezvous/RendezvousRegister.swift", "Rendezvous/RendezvousRegisterResponse.swift",
        "Rendezvous/RendezvousStatus.swift", "Rendezvous/RendezvousUnregister.swift", "Yamux/YamuxFrame.swift")),
    Protocol("gossipsub", "Gossipsub", "gossipsub", ("Router", "Node", "OrderBook", "Framing"), (
        "Node/NodeParameters.swift", "Node/NodeFaults.swift", "Node/NodeTap.swift", "Router/RouterSettings.swift",
        "OrderBook/MarketOrder.swift", "OrderBook/Order.swift", "OrderBook/Orders.swift", "OrderBook/SnapshotPart.swift",
        "OrderBook/SnapshotRequest.swift")),
    Protocol("kad", "Kademlia", "kad", ("DHT", "Node", "Stores", "Table"), (
        "DHT/DHTOptions.swift", "DHT/DHTTap.swift", "Node/NodeParameters.swift")),
    Protocol("mdns", "MDNS", "mdns", ("Discovery", "Node"), ("Node/AnnouncedAddresses.swift", "Node/Control.swift")),
    Protocol("nano", "Nano", "nano", ("Node", "Ledger", "Framing", "Values/Vote.swift", "Values/Work.swift"), (
        "Framing/BootstrapStream.swift", "Framing/Catalogue.swift", "Framing/NanoMessage.swift", "Ledger/LedgerMaker.swift")),
]
# Of a file that has mutants: functions, properties and types that only captures, the harness's own side, `mutate`, or a kind
# of node call that no suite runs (a node of WebSocket that forwards messages, or that runs the cases of Autobahn), or only
# the nodes of another suite (hosts of DXOS and lib2p2, which join a namespace of a DHT).
UNCALLED = {
    "Sources/Kademlia/DHT/DHTNamespaces.swift": {"join", "leave"},
    "Sources/Kademlia/DHT/DHTServing.swift": {"follow"},
    "Sources/Kademlia/DHT/Lookup.swift": {"hops"},
    "Sources/Kademlia/DHT/Namespaces.swift": {"leave", "search"},
    "Sources/Kademlia/Node/KadNode.swift": {"wrapping"},
    "Sources/Libp2p/Layers/PrefixedFraming.swift": {"PrefixedFraming"},
    "Sources/Gossipsub/Node/NodeRPCs.swift": {"follow", "wrapping"},
    "Sources/Libp2p/Mplex/MplexLayer.swift": {
        "announced", "assume", "carry", "isOpen", "isPlausible", "lose", "mayResume", "next"},
    "Sources/Libp2p/Multistream/MultistreamLayer.swift": {
        "announced", "become", "begin", "header", "lose", "mayResume", "next"},
    "Sources/Libp2p/Yamux/YamuxLayer.swift": {
        "Doubt", "announced", "assume", "carry", "id", "isHeader", "isLikely", "lose", "mayResume", "near", "next", "resync"},
    "Sources/MDNS/Discovery/ServiceNames.swift": {"isDiscovery"},
    "Sources/WebSocket/Deflate/Inflater.swift": {"memory"},
    "Sources/WebSocket/Framing/HeadEnd.swift": {"lenient"},
    "Sources/WebSocket/Handshake/Agreement.swift": {"isWebSocket"},
    "Sources/WebSocket/Handshake/DeflateNegotiation.swift": {"knows"},
    "Sources/WebSocket/Handshake/HeaderList.swift": {"mentionsUpgrade"},
    "Sources/WebSocket/Node/ReferenceNode.swift": {"CaseList"},
    "Sources/WebSocket/Session/ClosePayload.swift": {"fault"},
    "Sources/WebSocket/Session/MessageReader.swift": {"assume", "memory", "note"},
}
BY_NAME = {protocol.name: protocol for protocol in PROTOCOLS}


def files(root, protocol):
    """Returns the files of a protocol that have mutants, in order."""
    module = pathlib.Path("Sources", protocol.module)
    found = set()
    for name in protocol.folders:
        if not (root / module / name).exists():
            raise SystemExit(f"protocols.py: there is no {module / name}")
        found.update(path.relative_to(root) for path in (root / module / name).rglob("*.swift"))
        if name.endswith(".swift"):
            found.add(module / name)
    for name in protocol.without:
        if not (root / module / name).exists():
            raise SystemExit(f"protocols.py: there is no {module / name}")
    return sorted(str(path) for path in found - {module / name for name in protocol.without})


def configurations(root, suite):
    """Returns the options of `run` for each configuration of a suite: the preset one, then those of .ci/settings."""
    lines = subprocess.run([root / ".ci/settings"], capture_output=True, text=True, check=True).stdout.splitlines()
    given = [tuple(shlex.split(line)) for line in lines]
    own = [options for options in given if options[:2] == ("--protocol", suite)]
    return [("--protocol", suite), *OTHERS.get(suite, ()), *own]


# Configurations of suites that .ci/settings does not have.
OTHERS = {"websocket": [("--protocol", "websocket", *options) for options in (
    ("-P", "deflate=off"), ("-P", "deflate=no_context_takeover"), ("-P", "subprotocol=echo"),
    ("-P", "window_bits=9"))]}
