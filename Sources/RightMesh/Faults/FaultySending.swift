internal import Node
import Wire

extension MeshNode {
    /// Changes header and body of a message to the form that a node with the fault sends.
    mutating func spoil(_ h: inout Header, _ body: inout Body) {
        spoil(&h)
        spoil(&body.peers, of: h)
        spoil(&body.superpeers, of: h)
    }
    private mutating func spoil(_ h: inout Header) {
        let isAck = h.type.isAck
        switch bug {
        case .msgidZero where h.msgID == 2: h.msgID = 0
        case .ackIDZero where isAck: h.ackID = 0
        case .ackIDOwn where isAck: h.ackID = h.msgID
        case .requestAckID where !isAck: h.ackID = 0x1234
        case .answerToNobody where isAck: h.dst = MeshID()
        case .headerRoleUnset: h.role = Role()
        case .headerHopLimit where !h.type.isRelayed: h.hopLimit = Limits.firstHopLimit
        case .findHopLimit where h.type.isRelayed: h.hopLimit = 1
        case .bootOfMessage: h.boot = UInt16(truncatingIfNeeded: UInt32(h.boot) &+ h.msgID) | 1
        case .bootZero: h.boot = 0
        case .msgidByType where isAck:
            faultCount += 1
            h.msgID = faultCount
        case .msgidStays: h.msgID = 1
        case .msgidOfRequest where isAck: h.msgID = h.ackID
        case .msgidFromZero: h.msgID &-= 1
        case .superpeerBroadcasts where isSuperpeer && h.type == .helloAck: h.flags = .broadcast
        case .broadcastWithoutFlag: h.flags = .none
        default: break
        }
    }
    private func spoil(_ peers: inout Peers?, of h: Header) {
        guard var list = peers else { return }
        switch bug {
        case .helloNoSnapshot where h.type == .hello, .helloAckNoSnapshot where h.type == .helloAck,
            .infoNoSnapshot where h.type == .info:
            list.flags = .none
        case .findAckSnapshot where h.type == .findAck, .pushSnapshot where h.type == .info && isSuperpeer:
            list.flags = .snapshot
        case .pushWithoutWithdrawn where h.type == .info && isSuperpeer:
            for i in list.records.indices { list.records[i].flags = 0 }
        case .roleLost: for i in list.records.indices { list.records[i].role = 0 }
        case .findHopAdded where h.type == .findAck:
            for i in list.records.indices where list.records[i].id != id { list.records[i].hop += 1 }
        case .findOwnHop where h.type == .findAck:
            for i in list.records.indices where list.records[i].id == id { list.records[i].hop = 2 }
        default: return
        }
        peers = list
    }
    private func spoil(_ superpeers: inout Superpeers?, of h: Header) {
        if has(.phoneSendsSuperpeers), !isSuperpeer, h.type == .hello {
            superpeers = Superpeers([.init(id, at: listening, role: kind.role, hop: 0, age: 0)])
        }
        guard var list = superpeers, !list.records.isEmpty else { return }
        switch bug {
        case .superpeersSelfLast: list.records.append(list.records.removeFirst())
        case .superpeersSelfMissing: list.records.removeFirst()
        case .superpeersOwnHop: list.records[0].hop = 1
        case .superpeersAlone: list.records.removeLast(list.records.count - 1)
        case .superpeersMissing where h.type == .hello: return superpeers = nil
        case .superpeersPortSwapped:
            for i in list.records.indices { list.records[i].port = list.records[i].port.byteSwapped }
        case .superpeersUnmapped:
            rewriteAddresses(&list) { [UInt8](repeating: 0, count: 12) + $0 }
        case .superpeersLeftAligned:
            rewriteAddresses(&list) { $0 + [UInt8](repeating: 0, count: 12) }
        default: return
        }
        superpeers = list
    }
    /// Writes IPv4 addresses in another form.
    private func rewriteAddresses(_ list: inout Superpeers, _ form: ([UInt8]) -> [UInt8]) {
        for i in list.records.indices {
            let ip = list.records[i].ip.array
            guard ip.prefix(12) == [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff] else { continue }
            list.records[i].ip = Fixed(form(Array(ip.suffix(4)))) ?? list.records[i].ip
        }
    }
    /// Returns the age of a route that a node with the fault sends.
    func spoiledAge(_ r: Route, _ now: Instant) -> UInt16 {
        switch bug {
        case .resetsAge, .sendsAgeZero: 0
        case .ageRoundedDown: UInt16(clamping: (now.nanoseconds - r.heard) / 1_000_000_000)
        default: r.age(now)
        }
    }
    /// The RTO that limits repeated answers.
    var spoiledPause: Duration {
        switch bug {
        case .ackStorm: .zero
        case .repeatsAfterRto: Limits.retransmission * 2
        case .repeatsOften: Limits.retransmission / 2
        default: Limits.retransmission
        }
    }
    /// Returns a datagram as it is relayed.
    func spoiledRelay(_ datagram: RawSpan) -> [UInt8] {
        var out = has(.relayKeepsHoplimit) ? [UInt8](datagram) : Relay.forwarded(datagram)
        switch bug {
        case .relayTakesTwo: out[6] &-= 1
        case .relaySaysRole: out[5] = kind.role.rawValue
        case .relayClearsReserved: (out[4], out[7]) = (0, 0)
        default: break
        }
        return out
    }
    /// Changes the datagrams of a message to the form that a node with the fault sends.
    func spoil(_ datagrams: inout [[UInt8]], _ message: [UInt8], _ type: MessageType) {
        if has(.wrongCRC), type.isAck {
            for i in datagrams.indices where datagrams[i].count > 64 { datagrams[i][64] ^= 0xff }
        }
        if has(.oversize), datagrams.count > 1 { datagrams = Self.oversized(message) }
    }
    /// Returns datagrams with 7,929 bytes of the body each, cut at any place.
    private static func oversized(_ message: [UInt8]) -> [[UInt8]] {
        let body = message.dropFirst(Limits.header)
        let size = Limits.datagram.upperBound + 1 - Limits.header
        let starts = Array(stride(from: body.startIndex, to: body.endIndex, by: size))
        return starts.enumerated().map { i, start in
            let part = body[start..<min(start + size, body.endIndex)]
            var out = Array(message.prefix(Limits.header)) + part
            for (at, n) in [(56, i), (58, starts.count), (68, part.count)] {
                out.put(UInt16(truncatingIfNeeded: n), at: at)
            }
            return out
        }
    }
}
