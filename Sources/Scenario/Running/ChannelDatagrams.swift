internal import Network
public import Node

/// A datagram below a data channel of a case: ICE, or SCTP in DTLS.
public struct CaseDatagram: Sendable {
    /// The time since the case began.
    public var at: Duration
    /// The index of the channel among the connections of the case.
    public var connection: Int
    public var direction: Direction
    /// Our address.
    public var local: Endpoint
    /// The address of the other side.
    public var peer: Endpoint
    public var bytes: [UInt8]

    /// Creates a datagram.
    public init(
        at: Duration, connection: Int, _ direction: Direction, local: Endpoint, peer: Endpoint, _ bytes: [UInt8]
    ) {
        (self.at, self.connection, self.direction) = (at, connection, direction)
        (self.local, self.peer, self.bytes) = (local, peer, bytes)
    }
}

/// The datagrams below the data channels of a case: those that are kept as evidence, and the faults on them.
struct ChannelDatagrams {
    /// One direction between our socket of a channel and an address of the other side.
    private struct Path {
        var connection: Int
        var carrier: NodeID
        var link: LinkID
        var isSent: Bool
        var line: FaultLine
    }
    private(set) var kept: [CaseDatagram] = []
    private var bytes = 0
    private var paths: [Path] = []
    /// The maximum number of addresses whose datagrams faults disturb.
    private static let maximumPaths = 256

    /// Keeps a datagram, if there is room for it.
    mutating func keep(_ datagram: CaseDatagram) {
        guard kept.count < TraceLimit.ofCase.entries, bytes + datagram.bytes.count <= TraceLimit.ofCase.bytes else {
            return
        }
        bytes += datagram.bytes.count
        kept.append(datagram)
    }
    /// Gives a datagram to the faults in force. Returns false if no fault can affect it.
    mutating func disturb(
        _ d: CarriedDatagram, of connection: Int, _ faults: [ActiveFault], _ random: @autoclosure () -> Random,
        now: Instant
    ) -> Bool {
        let known = paths.firstIndex { $0.link == d.link && $0.isSent == d.isSent && $0.carrier == d.carrier }
        guard let i = known ?? newPath(of: d, connection, faults, random()), !paths[i].line.isClear else {
            return false
        }
        paths[i].line.push(FaultLine.Unit(d.bytes), now: now)
        return true
    }
    private mutating func newPath(
        of d: CarriedDatagram, _ connection: Int, _ faults: [ActiveFault], _ random: @autoclosure () -> Random
    ) -> Int? {
        guard !faults.isEmpty, paths.count < Self.maximumPaths else { return nil }
        var line = FaultLine(random(), isDatagrams: true)
        for fault in faults { fault.add(to: &line) }
        paths.append(
            Path(connection: connection, carrier: d.carrier, link: d.link, isSent: d.isSent, line: line))
        return paths.count - 1
    }
    /// Puts a fault in force on the known paths that it is about.
    mutating func begin(_ fault: ActiveFault, where isAbout: (_ connection: Int, _ isSent: Bool) -> Bool) {
        for i in paths.indices where isAbout(paths[i].connection, paths[i].isSent) { fault.add(to: &paths[i].line) }
    }
    /// Ends an effect of a fault. Delayed datagrams are due at once.
    mutating func heal(_ name: String, now: Instant) {
        for i in paths.indices { paths[i].line.heal(name, now: now) }
    }
    /// The next time at which a fault releases a datagram.
    var deadline: Instant? { paths.compactMap(\.line.deadline).min() }
    /// Removes and returns the datagrams that are due, each with the connection that it belongs to.
    mutating func take(now: Instant) -> [(datagram: CarriedDatagram, connection: Int)] {
        var out: [(CarriedDatagram, Int)] = []
        for i in paths.indices {
            let path = paths[i]
            for bytes in paths[i].line.take(now: now) {
                let datagram = CarriedDatagram(
                    carrier: path.carrier, link: path.link, isSent: path.isSent, bytes: bytes)
                out.append((datagram, path.connection))
            }
        }
        return out
    }
}

/// A fault in force, with its evaluated effects.
struct ActiveFault {
    var verb: FaultVerb
    var effects: [LinkFault]

    /// The name of an effect on a line.
    func name(_ index: Int) -> String { "\(verb.name)#\(index)" }
    func add(to line: inout FaultLine) {
        for (i, effect) in effects.enumerated() { line.add(effect, as: name(i)) }
    }
    /// Returns whether it disturbs what one side of a connection sends.
    func isAbout(_ connection: CaseConnection, isSent: Bool) -> Bool {
        let (from, to) = isSent ? (connection.ours, connection.theirs) : (connection.theirs, connection.ours)
        return verb.from == from && verb.to == to || verb.isMutual && verb.from == to && verb.to == from
    }
}

extension CaseRun {
    /// Decides whether a datagram of a data channel continues at once.
    func goesOn(_ d: CarriedDatagram, of connection: Int) -> Bool {
        if d.isSent { keep(d, of: connection) }
        let known = links.connections[connection]
        let faults = links.faults.filter { $0.verb.isBelow && $0.isAbout(known, isSent: d.isSent) }
        let random = Random(seed: options.seed, self.case.id, "datagrams of \(known.link), \(d.isSent)")
        guard datagrams.disturb(d, of: connection, faults, random, now: driver.now) else {
            if !d.isSent { keep(d, of: connection) }
            return true
        }
        pumpDatagrams()
        return false
    }
    /// Releases the datagrams that faults no longer delay.
    func pumpDatagrams() {
        for (datagram, connection) in datagrams.take(now: driver.now) {
            if !datagram.isSent { keep(datagram, of: connection) }
            driver.pass(datagram)
        }
    }
    private func keep(_ d: CarriedDatagram, of connection: Int) {
        guard options.keepsEvidence, let ends = driver.network.ends(of: d.link) else { return }
        datagrams.keep(
            CaseDatagram(
                at: driver.now - scope.start, connection: connection, d.isSent ? .sent : .received,
                local: ends.local, peer: ends.peer, d.bytes))
    }
}
