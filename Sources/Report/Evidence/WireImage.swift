internal import Node
internal import Scenario
internal import Wire

/// The trace of a case as packets, as if captured at the harness's end.
///
/// A stream has its handshake, continuous sequence numbers, segments of at most 1,400 bytes, and FIN or RST with the
/// answers. A datagram is one packet, also one below a data channel. Messages are the ones of the trace: sent messages
/// before faults are applied to them, and received messages after. There are no packets after a reset, or after the
/// sender has ended its stream.
struct WireImage: Sendable {
    /// The packets in the order of their times.
    private(set) var packets: [WirePacket] = []
    /// The addresses that belong to a single actor, and its name.
    let names: [(address: Endpoint, name: String)]
    /// The index of the entry with the last carrier bytes, for each carried entry that is recorded after its carriers.
    private var carriers: [Int: Int] = [:]
    /// The index of the packet with the datagram below a data channel, for each message of the channel.
    private var datagramPlaces: [Int: Int] = [:]

    /// Makes the packets of a trace. `port` is the default port of the protocol, for ends with unknown addresses.
    init(
        _ trace: [CaseRecord.Exchange], _ connections: [CaseConnection], _ transport: Transport, port: UInt16,
        _ datagrams: [CaseDatagram] = []
    ) {
        var addresses = WireAddresses(port: port)
        var flows: [Int: WireFlow] = [:]
        // The last bytes of each side, which an end of the other side must not cut off.
        var lastSent: [Int: Int] = [:]
        var lastReceived: [Int: Int] = [:]
        for (i, e) in trace.enumerated() where !e.bytes.isEmpty && !e.isCarried {
            if e.direction == .sent { lastSent[e.connection] = i } else { lastReceived[e.connection] = i }
        }
        var out: [WirePacket] = []
        var last: [Int: Int] = [:]
        for (i, e) in trace.enumerated() {
            if !e.isCarried {
                last[e.connection] = i
            } else if e.carrier == .layers || e.direction == .received {
                carriers[i] = last[e.connection]
            }
            var flow: WireFlow
            if let known = flows.removeValue(forKey: e.connection) {
                flow = known
            } else {
                // The initiator is the actor that opens the connection; if that is unknown, the harness.
                let isDialed = e.kind != .opened || e.direction == .sent
                let known = connections.indices.contains(e.connection) ? connections[e.connection] : nil
                let ends = addresses.ends(
                    of: e.connection, known, ours: e.ours, theirs: e.theirs, isDialed: isDialed)
                flow = WireFlow(ours: ends.ours, theirs: ends.theirs, isDialed: isDialed, transport)
            }
            flow.lastSent = lastSent[e.connection] ?? -1
            flow.lastReceived = lastReceived[e.connection] ?? -1
            flow.add(e, i, to: &out)
            flows[e.connection] = flow
        }
        // The datagrams below data channels belong to no entry.
        let count = out.count
        let datagrams = datagrams.filter { connections.indices.contains($0.connection) }
        for (i, d) in datagrams.enumerated() {
            var known = connections[d.connection]
            (known.local, known.peer) = (d.local, d.peer)
            let ends = addresses.ends(
                of: d.connection, known, ours: known.ours, theirs: known.theirs, isDialed: true)
            let (from, to) = d.direction == .sent ? (ends.ours, ends.theirs) : (ends.theirs, ends.ours)
            let bytes = IPPacket.udp(from, to, d.bytes[...], number: UInt16(truncatingIfNeeded: i))
            out.append(WirePacket(at: d.at, bytes: bytes, entry: nil, isMain: false))
        }
        names = addresses.names
        // The beginning of a connection that waited to be accepted is recorded late.
        let sorted = out.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
        packets = sorted.map(\.element)
        var places: [WireSide: [Int]] = [:]
        for (place, packet) in sorted.enumerated() where packet.offset >= count {
            let d = datagrams[packet.offset - count]
            places[WireSide(connection: d.connection, direction: d.direction), default: []].append(place)
        }
        carry(trace, by: places)
    }
    /// Finds the datagram of each message of a data channel: the first one that was sent after it, or the last one that
    /// was received before it.
    private mutating func carry(_ trace: [CaseRecord.Exchange], by places: [WireSide: [Int]]) {
        var reached: [WireSide: Int] = [:]
        for (i, e) in trace.enumerated() where e.isCarried && carriers[i] == nil {
            let side = WireSide(connection: e.connection, direction: e.direction)
            guard let places = places[side] else { continue }
            var at = reached[side] ?? 0
            if e.direction == .sent {
                while at < places.count - 1, packets[places[at]].at < e.at { at += 1 }
            } else {
                while at < places.count - 1, packets[places[at + 1]].at <= e.at { at += 1 }
            }
            reached[side] = at
            datagramPlaces[i] = places[at]
        }
    }
    /// The main packet of each trace entry that has packets or was carried in some, as an index in `packets`.
    var mainPackets: [Int: Int] {
        var out = datagramPlaces
        for (i, p) in packets.enumerated() where p.isMain {
            if let entry = p.entry, out[entry] == nil { out[entry] = i }
        }
        for (entry, carrier) in carriers { out[entry] = out[carrier] }
        return out
    }
}

/// The addresses of the actors in a capture: real ones if the network knew them, otherwise made-up ones.
///
/// A made-up address is in 198.18.0.0/15 (RFC 2544: no machine has it). It is the same for all connections of an actor.
/// Addresses are assigned in the order in which actors appear. The side that was connected to has the default port of
/// the protocol, so that tools recognise it. The other side has a different port for each connection, from 49152 up.
struct WireAddresses {
    private var actors: [String: UInt32] = [:]
    /// The actors by their addresses.
    private var owners: [Endpoint: Set<String>] = [:]
    private let port: UInt16

    init(port: UInt16) { self.port = port }

    /// Returns both ends of a connection: the harness's end and the other one.
    mutating func ends(
        of number: Int, _ known: CaseConnection?, ours: String, theirs: String, isDialed: Bool
    ) -> (ours: Endpoint, theirs: Endpoint) {
        let ends: (ours: Endpoint, theirs: Endpoint)
        if let local = known?.local, let peer = known?.peer, !local.isUnspecified, !peer.isUnspecified {
            ends = (local, peer)
        } else {
            let other = 49_152 &+ UInt16(number % 16_384)
            let here = Endpoint(v4: address(ours), port: isDialed ? other : port)
            ends = (here, Endpoint(v4: address(theirs), port: isDialed ? port : other))
        }
        own(ends.ours, ours)
        own(ends.theirs, theirs)
        return ends
    }
    private mutating func address(_ actor: String) -> UInt32 {
        if let known = actors[actor] { return known }
        // There are 131,070 addresses; a case has fewer actors.
        let made = 0xc612_0001 &+ UInt32(truncatingIfNeeded: actors.count % 131_070)
        actors[actor] = made
        return made
    }
    private mutating func own(_ at: Endpoint, _ actor: String) {
        var address = at
        address.port = 0
        owners[address, default: []].insert(actor)
    }
    /// The addresses that belong to a single actor, with its name converted to a host name.
    var names: [(address: Endpoint, name: String)] {
        owners.sorted { $0.key < $1.key }.compactMap { address, actors in
            guard actors.count == 1, let name = actors.first else { return nil }
            return (address, SafeName.host(name))
        }
    }
}

/// One direction of a connection.
struct WireSide: Hashable {
    var connection: Int
    var direction: Direction
}
