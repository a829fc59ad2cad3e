public import Node

/// Turns packets into records: finds the connection of each, puts its streams in order and has them cut into messages.
///
/// Connections are TCP over IPv4 and IPv6. UDP is counted only, IP fragments are not put together, checksums are not
/// checked. At most `flowLimit` connections are kept: beyond that those that were silent longest are finished, as if
/// the capture ended for them.
public struct FlowTable {
    /// Connections kept at a time.
    public static let flowLimit = 16_384

    /// What was read so far.
    public private(set) var tally = Tally()

    private let guess: Guess
    private var flows: [Flow] = []
    private var places: [Pair: Int] = [:]
    /// Where the connection of the last segment stands: often that of the next.
    private var recent: (pair: Pair, place: Int)?
    private var last = (frame: 0, time: Timestamp(nanoseconds: 0))

    /// Two endpoints, whoever sends.
    private struct Pair: Hashable {
        var a: Endpoint
        var b: Endpoint
        init(_ x: Endpoint, _ y: Endpoint) { (a, b) = x < y ? (x, y) : (y, x) }
    }

    /// Which protocol a connection speaks is told by `rules` first, then by the well-known ports of `definitions`, then
    /// by the first bytes.
    public init(_ definitions: [Definition], rules: [DecodeAs] = []) {
        guess = Guess(definitions: definitions, rules: rules)
    }

    /// Takes in the next packet of a capture.
    public mutating func receive(_ packet: borrowing Packet, _ sink: inout some RecordSink) {
        tally.packets &+= 1
        tally.bytes &+= packet.length
        if tally.start == nil { tally.start = packet.time }
        tally.end = packet.time
        last = (packet.number, packet.time)
        switch Layers(packet) {
        case .tcp(let segment): receive(segment, packet, &sink)
        case .udp(let length):
            tally.datagrams &+= 1
            tally.payload &+= length
        case .fragment: tally.fragments &+= 1
        case .other: tally.otherPackets &+= 1
        case .damaged: tally.damagedPackets &+= 1
        }
    }
    /// The capture ends: what still waits becomes records.
    public mutating func finish(_ sink: inout some RecordSink) {
        for i in flows.indices { flows[i].finish(last.frame, last.time, guess, &tally, &sink) }
        flows = []
        places = [:]
        recent = nil
    }
    /// Reads a capture to its end, or until nobody reads the records any more. Returns what stopped it early, which
    /// leaves all records before it good.
    public mutating func read(_ file: inout PcapFile, _ sink: inout some RecordSink) -> CaptureError? {
        var damage: CaptureError?
        do throws(CaptureError) {
            while sink.isOpen, let packet = try file.next() { receive(packet, &sink) }
        } catch {
            damage = error
        }
        finish(&sink)
        return damage
    }

    private mutating func receive(
        _ segment: Segment, _ packet: borrowing Packet, _ sink: inout some RecordSink
    ) {
        let pair = Pair(segment.source, segment.destination)
        var place = recent?.pair == pair ? recent?.place : places[pair]
        if let old = place, segment.flags.contains(.syn), flows[old].isReopened(by: segment) {
            flows[old].finish(last.frame, last.time, guess, &tally, &sink)
            flows[old] = open(segment)
        } else if place == nil {
            if flows.count >= Self.flowLimit { makeRoom(&sink) }
            place = flows.count
            places[pair] = flows.count
            flows.append(open(segment))
        }
        guard let place else { return }
        recent = (pair, place)
        flows[place].receive(segment, packet, guess, &tally, &sink)
    }
    /// A connection that begins with this segment. Who opened it is told by SYN; without one, the higher port did.
    private mutating func open(_ segment: Segment) -> Flow {
        tally.flows &+= 1
        let isFromClient =
            segment.flags.contains(.syn)
            ? !segment.flags.contains(.acknowledges) : segment.source.port >= segment.destination.port
        let (client, server) =
            isFromClient ? (segment.source, segment.destination) : (segment.destination, segment.source)
        return Flow(number: tally.flows, client: client, server: server, guess.byPort(client, server))
    }
    /// Finishes the quarter of the connections that was silent longest.
    private mutating func makeRoom(_ sink: inout some RecordSink) {
        let limit = flows.map(\.lastFrame).sorted()[flows.count / 4]
        var kept: [Flow] = []
        kept.reserveCapacity(flows.count)
        for i in flows.indices {
            if flows[i].lastFrame <= limit {
                flows[i].finish(last.frame, last.time, guess, &tally, &sink)
            } else {
                kept.append(flows[i])
            }
        }
        flows = kept
        recent = nil
        places.removeAll(keepingCapacity: true)
        for i in flows.indices { places[Pair(flows[i].client, flows[i].server)] = i }
    }
}
