internal import Node
internal import Scenario
internal import Wire

/// The trace of a case as packets: what a capture at the harness's end would have shown.
///
/// A stream has its handshake, numbers that run on, segments of at most 1,400 bytes, and FIN or RST with what answers
/// them; a datagram is a packet. Messages are those of the trace: as the harness built them before faults hit them, and
/// as they reached it behind faults. What follows a reset, or the end that its own sender made, has no packet.
struct WireImage: Sendable {
    /// In the order of their times.
    private(set) var packets: [WirePacket] = []
    /// Addresses that one actor has for itself, and its name.
    let names: [(address: Endpoint, name: String)]
    /// For what was carried, and told behind the bytes that it went in, the entry with the last of those.
    private var carriers: [Int: Int] = [:]

    /// Packets of a trace. `port` is the default one of the protocol, for ends whose addresses are not known.
    init(_ trace: [CaseRecord.Exchange], _ connections: [CaseConnection], _ transport: Transport, port: UInt16) {
        var addresses = WireAddresses(port: port)
        var flows: [Int: WireFlow] = [:]
        // The last bytes of each side, which an end of the other one may not cut off.
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
                // Who begins: whoever opens it, or else we.
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
        // Of a connection that waited to be accepted, the beginning is told late.
        packets = out.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }
    /// For each trace entry that has packets, or was carried in some, the main one of them: its index among the packets.
    var mainPackets: [Int: Int] {
        var out: [Int: Int] = [:]
        for (i, p) in packets.enumerated() where p.isMain { out[p.entry] = out[p.entry] ?? i }
        for (entry, carrier) in carriers { out[entry] = out[carrier] }
        return out
    }
}
