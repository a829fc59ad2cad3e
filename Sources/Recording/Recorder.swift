public import Capture
public import Node
internal import Wire

/// A recorder that collects the messages between a node and its peers, and makes a scenario from them. The node becomes
/// the node under test. The scenario plays all peers.
public struct Recorder: RecordSink {
    /// The maximum number of messages in one recording. A longer one is refused, because no scenario file could hold
    /// it.
    public static let limit = 250_000
    static let byteLimit = 64 << 20
    /// The maximum number of endpoints to remember, for a list of the endpoints in the capture.
    static let endpointLimit = 1000
    /// The maximum number of begun connections to remember until the first message.
    static let beginLimit = 1 << 16

    private let definitions: [Definition]
    private let nodes: [NodeAddress]
    private let parts: [any Message.Type]
    private let flow: Int?
    private let filter: Filter?
    private let limit: Int
    private(set) var events: [RecordedEvent] = []
    private(set) var flows: [Int: RecordedFlow] = [:]
    /// The number of messages of each sender in the capture, including those that were not selected.
    private var senders: [Endpoint: Int] = [:]
    private var begun: Set<Int> = []
    /// The connections of the node that use layers, each with its highest layer so far.
    private var carriers: [Int: (flow: RecordedFlow, layer: String)] = [:]
    private var closed: Set<Int> = []
    /// The ends of connections, by connection.
    private var ends: [Int: RecordedEvent] = [:]
    /// The numbers of units that break a rule of their layer, and in `read` those whose content could be read
    /// nevertheless.
    private var broken: Set<Int> = []
    private var read: Set<Int> = []
    /// The highest frame of each direction so far. Later events are placed after it.
    private var places: [Int: Int] = [:]
    /// The index in `events` before which the events of a connection belong to its layers, by connection.
    private var begins: [Int: Int] = [:]
    private var bytes = 0
    private var start: Timestamp?
    private(set) var isTooLong = false
    /// A connection whose two endpoints both have an address of the node.
    private var ambiguous: RecordedFlow?

    /// Records the messages of the node at the addresses `nodes`. If `flow` is given (numbered as in `Record.flow`), it
    /// records only that connection. It records the messages that pass the filter, at most `limit` of them.
    public init(
        _ definitions: [Definition], of nodes: [NodeAddress], flow: Int? = nil, filter: Filter? = nil,
        limit: Int = Recorder.limit
    ) {
        self.limit = limit
        self.definitions = definitions
        self.nodes = nodes
        parts = definitions.flatMap { $0.reading.datagrams?.parts ?? [] }
        self.flow = flow
        self.filter = filter
    }
    /// False if there are too many messages.
    public var isOpen: Bool { !isTooLong }

    private func isNode(_ e: Endpoint) -> Bool { nodes.contains { $0.fits(e) } }

    /// Records the side that opens a connection and the side that ends it first.
    public mutating func connection(_ event: ConnectionEvent) {
        guard isNode(event.client) || isNode(event.server), flow.map({ $0 == event.flow }) ?? true else { return }
        if event.what == .begun {
            if begun.count < Self.beginLimit { begun.insert(event.flow) }
            flows[event.flow]?.isWhole = true
            return
        }
        guard closed.count < Self.beginLimit, closed.insert(event.flow).inserted else { return }
        let end = RecordedEvent(
            what: .closed(isReset: event.what == .reset), isOurs: event.isFromClient != isNode(event.client),
            flow: event.flow, number: 0, frames: FrameNumbers(event.frame), time: event.time,
            since: event.time.since(start ?? event.time), place: event.frame, notes: [], offset: 0, length: 0)
        // The end is placed later, after all records of the connection that may still become known.
        ends[event.flow] = end
    }
    /// Records a message if it concerns the node.
    public mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        start = record.start
        // Parts of a message are skipped, because a record of the message follows, whole or as lost. Repeated data are
        // skipped too.
        if let type = record.message, !record.isReassembled, parts.contains(where: { $0 == type }) { return }
        if record.isRepeated { return }
        // The content of a unit has its own records, which the scenario uses instead.
        if record.isCarrier, record.kind == .message {
            end(record, bytes)
            carry(record)
            return keepBroken(record, bytes)
        }
        for origin in record.origins where broken.contains(origin.record) { read.insert(origin.record) }
        // Plain data belong to no protocol. The scenario uses the units that carried them.
        if record.isPlain { return }
        for e in [record.source, record.destination]
        where senders.count < Self.endpointLimit || senders[e] != nil {
            senders[e, default: 0] += 1
        }
        let (fromNode, toNode) = (isNode(record.source), isNode(record.destination))
        guard fromNode || toNode, flow.map({ $0 == record.flow }) ?? true else { return }
        let client = record.isFromClient ? record.source : record.destination
        let server = record.isFromClient ? record.destination : record.source
        var known =
            flows[record.flow]
            ?? RecordedFlow(
                number: record.flow, client: client, server: server, transport: record.transport,
                protocolName: spoken(record), isOpenedByNode: isNode(client),
                isWhole: record.transport == .udp || begun.contains(record.flow))
        if fromNode, toNode { ambiguous = ambiguous ?? known }
        guard filter?.matches(record, bytes) ?? true else { return }
        if !record.isCarrier {
            // Earlier messages belong to the set-up of a layer below. `open` and `accept` perform that set-up.
            if let path = known.path, record.path.hasPrefix(path + "/"),
                isLayer(known.protocolName, of: record.protocolName)
            {
                (known.path, known.protocolName) = (nil, record.protocolName)
                known.target = target(of: known)
                begins[record.flow] = events.count
            }
            known.path = known.path ?? record.path
        }
        flows[record.flow] = known
        guard events.count < limit, self.bytes &+ record.length <= Self.byteLimit else {
            isTooLong = true
            return
        }
        self.bytes &+= record.length
        let direction = record.flow &* 2 &+ (fromNode ? 1 : 0)
        let place = max(places[direction] ?? 0, record.frames[record.frames.count - 1])
        places[direction] = place
        let own = bytes.withUnsafeBytes { [UInt8]($0) }
        var what: RecordedEvent.What
        switch record.kind {
        case .message:
            if let type = record.message {
                what = .message(RecordedMessage(type: type, bytes: own, hint: record.hint))
            } else {
                what = .bytes(own, "bytes that are not a message")
            }
        case .malformed: what = .bytes(own, Self.why(DissectedRecord(record, bytes).notes, record.name))
        case .incomplete: what = .lost(Self.why(DissectedRecord(record, bytes).notes, record.name))
        }
        // A channel becomes its own link. Steps cannot name another path without a channel.
        let channel = !record.isCarrier && record.path.utf8.contains(0x23) ? record.path : nil
        if !record.isCarrier, channel == nil, record.path != known.path { what = .elsewhere(record.path) }
        events.append(
            RecordedEvent(
                what: what, isOurs: !fromNode, flow: record.flow, number: record.number, frames: record.frames,
                time: record.time, since: record.time.since(record.start), place: place, notes: record.notes,
                offset: record.offset, length: record.length, above: Self.layer(below: record.path),
                channel: channel))
        if case .lost = what, !own.isEmpty { remains[events.count - 1] = own }
    }
    /// Records a connection that uses a layer. It may never carry more than that.
    private mutating func carry(_ record: borrowing Record) {
        let (client, server) =
            record.isFromClient ? (record.source, record.destination) : (record.destination, record.source)
        guard isNode(client) != isNode(server), flows[record.flow] == nil, flow.map({ $0 == record.flow }) ?? true,
            carriers.count < Self.beginLimit || carriers[record.flow] != nil
        else { return }
        let flow = RecordedFlow(
            number: record.flow, client: client, server: server, transport: record.transport,
            protocolName: spoken(record), isOpenedByNode: isNode(client), isWhole: begun.contains(record.flow))
        carriers[record.flow] = (flow, record.protocolName)
    }
    /// Records a unit of a layer that ends its connection before the transport does.
    private mutating func end(_ record: borrowing Record, _ bytes: RawSpan) {
        guard let known = flows[record.flow], !closed.contains(record.flow), closed.count < Self.beginLimit,
            let isEnd = definitions.first(where: { $0.name == known.protocolName })?.recording.isEnd,
            isEnd(record.name, DissectedRecord(record, bytes).fields(bytes))
        else { return }
        closed.insert(record.flow)
        ends[record.flow] = RecordedEvent(
            what: .closed(isReset: false), isOurs: !isNode(record.source), flow: record.flow, number: 0,
            frames: record.frames, time: record.time, since: record.time.since(record.start),
            place: record.frames[record.frames.count - 1], notes: [], offset: 0, length: 0)
    }
    /// Keeps a unit from a peer that breaks a rule of its layer. Such a unit may carry nothing and still be answered,
    /// so the scenario sends it unchanged.
    private mutating func keepBroken(_ record: borrowing Record, _ bytes: RawSpan) {
        guard isNode(record.destination), flows[record.flow] != nil, record.path.utf8.allSatisfy({ $0 != 0x2f }),
            let worst = record.notes.first(where: { $0.severity == .violation }), events.count < limit
        else { return }
        let place = max(places[record.flow &* 2] ?? 0, record.frames[record.frames.count - 1])
        places[record.flow &* 2] = place
        broken.insert(record.number)
        events.append(
            RecordedEvent(
                what: .bytes(bytes.withUnsafeBytes { [UInt8]($0) }, worst.text), isOurs: true, flow: record.flow,
                number: record.number, frames: record.frames, time: record.time,
                since: record.time.since(record.start), place: place, notes: record.notes, offset: record.offset,
                length: record.length))
    }
    /// Returns the resource that the opener of a connection requested in a layer below.
    private func target(of flow: RecordedFlow) -> String? {
        guard let path = definitions.first(where: { $0.name == flow.protocolName })?.recording.target else {
            return nil
        }
        // The request is a recent event.
        for event in events.reversed() where event.flow == flow.number {
            if case .message(let message) = event.what, path.hasPrefix(message.name + "."),
                case .text(let target)? = message.fields.at(path, of: message.name)
            {
                return target
            }
        }
        return nil
    }
    /// Returns the protocol of a record's connection, even if the record is of a layer below that protocol.
    private func spoken(_ record: borrowing Record) -> String {
        guard record.isCarrier else { return record.protocolName }
        let layer = record.protocolName
        return definitions.first { $0.name != layer && $0.reading.layers?[layer] != nil }?.name ?? layer
    }
    /// Returns whether one protocol is a layer below another one.
    private func isLayer(_ lower: String, of upper: String) -> Bool {
        lower != upper && definitions.first { $0.name == upper }?.reading.layers?[lower] != nil
    }
    /// Returns the layer that carries the data at a path; nil if no layer carries it.
    private static func layer(below path: String) -> String? {
        path.split(separator: "/").filter { !$0.hasPrefix("#") }.dropLast().last.map(String.init)
    }
    /// The bytes of incomplete messages, by the index of the event.
    private var remains: [Int: [UInt8]] = [:]

    private static func why(_ notes: [Finding], _ name: String) -> String {
        let worst = notes.last { $0.severity == .violation } ?? notes.last { $0.severity == .warning } ?? notes.last
        return worst?.text ?? name
    }

    /// Returns the scenario of the recorded messages. `name` is the name of the capture, and `tally` counts its
    /// contents.
    public func finish(
        _ name: String, _ tally: Tally, _ options: RecordingOptions = RecordingOptions()
    ) throws(RecordingError) -> Recording {
        if let ambiguous { throw .bothEnds(ambiguous.client, ambiguous.server, flow: ambiguous.number) }
        if isTooLong { throw .tooLong(limit) }
        let unread = carriers.filter { self.flows[$0.key] == nil }
        guard !flows.isEmpty || !unread.isEmpty && filter == nil else {
            throw .nobody(
                senders.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key), isFlow: flow != nil,
                isFilter: filter != nil)
        }
        // A connection that never used the protocol above its layers is left out.
        let known: [Int: RecordedFlow] = self.flows.isEmpty ? unread.mapValues { $0.flow } : self.flows
        let spoken = Set(known.values.map(\.protocolName))
        let silent = known.filter { flow in spoken.contains { isLayer(flow.value.protocolName, of: $0) } }
        let flows = known.filter { silent[$0.key] == nil }
        let names = Set(flows.values.map(\.protocolName)).sorted()
        guard names.count == 1 else {
            throw .severalProtocols(flows.values.sorted { $0.number < $1.number }.map { ($0.number, $0.protocolName) })
        }
        guard let definition = definitions.first(where: { $0.name == names[0] }) else {
            throw .notOfScenarios(names[0])
        }
        var all = sentAnyway()
        var i = -1
        all.removeAll { event in
            i += 1
            return flows[event.flow] == nil || i < begins[event.flow] ?? 0
                || broken.contains(event.number) && read.contains(event.number)
        }
        // The end of a connection is placed after all data that the same side sent on it.
        var latest: [Side: Int] = [:]
        for e in all { latest[Side(e), default: 0] = max(latest[Side(e)] ?? 0, e.place) }
        for (number, end) in ends {
            guard flows[number] != nil else { continue }
            var end = end
            end.place = max(end.place, latest[Side(end)] ?? 0)
            all.append(end)
        }
        let order = all.indices.sorted { a, b in
            (all[a].place, all[a].number == 0 ? 1 : 0, a) < (all[b].place, all[b].number == 0 ? 1 : 0, b)
        }
        let ordered = order.map { all[$0] }
        return try ScenarioWriter.recording(
            RecordedTraffic(
                name: name, definition: definition, events: ordered, flows: flows, silent: silent.keys.sorted(),
                unread: unread.mapValues { $0.layer },
                tally: tally),
            options)
    }
    /// One side of a connection.
    private struct Side: Hashable {
        var flow: Int
        var isOurs: Bool
        init(_ e: RecordedEvent) { (flow, isOurs) = (e.flow, e.isOurs) }
    }
    /// Returns the events with incomplete data as raw bytes if the sender ended the connection after them and no other
    /// data of that side are missing.
    private func sentAnyway() -> [RecordedEvent] {
        var all = events
        guard !remains.isEmpty else { return all }
        // The last event of each side, and the event before each incomplete one.
        var last: [Side: Int] = [:]
        var previous: [Int: Int] = [:]
        for (i, e) in events.enumerated() {
            if remains[i] != nil { previous[i] = last[Side(e)] }
            last[Side(e)] = i
        }
        for (i, rest) in remains {
            let e = events[i]
            let end = e.offset &+ Int64(e.length)
            let isWhole = flows[e.flow]?.isWhole ?? false
            let before = previous[i].map { events[$0].offset &+ Int64(events[$0].length) } ?? 0
            guard isWhole, last[Side(e)] == i, before == e.offset, end > e.offset, ends[e.flow] != nil,
                case .lost(let why) = e.what
            else { continue }
            all[i].what = .bytes(rest, why)
        }
        return all
    }
}
