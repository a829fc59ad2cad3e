internal import Node
internal import Scenario
internal import Wire

/// The trace of a case as packets, as if captured at the harness's end.
///
/// A stream has its handshake, continuous sequence numbers, segments of at most 1,400 bytes, and FIN or RST with the
/// answers. A datagram is one packet. Messages are the ones of the trace: sent messages before faults are applied to
/// them, and received messages after. There are no packets after a reset, or after the sender has ended its stream.
struct WireImage: Sendable {
    /// The packets in the order of their times.
    private(set) var packets: [WirePacket] = []
    /// The addresses that belong to a single actor, and its name.
    let names: [(address: Endpoint, name: String)]
    /// The index of the entry with the last carrier bytes, for each carried entry that is recorded after its carriers.
    private var carriers: [Int: Int] = [:]

    /// Makes the packets of a trace. `port` is the default port of the protocol, for ends with unknown addresses.
    init(_ trace: [CaseRecord.Exchange], _ connections: [CaseConnection], _ transport: Transport, port: UInt16) {
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
        names = addresses.names
        // The beginning of a connection that waited to be accepted is recorded late.
        packets = out.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }
    /// The main packet of each trace entry that has packets or was carried in some, as an index in `packets`.
    var mainPackets: [Int: Int] {
        var out: [Int: Int] = [:]
        for (i, p) in packets.enumerated() where p.isMain { out[p.entry] = out[p.entry] ?? i }
        for (entry, carrier) in carriers { out[entry] = out[carrier] }
        return out
    }
}
