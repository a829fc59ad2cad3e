internal import Node
import Wire

extension Misbehaviour {
    /// Returns a datagram as the node `own` with this fault takes it. An error that the node overlooks is corrected.
    /// Returns nil for a valid datagram that the node drops.
    func heard(_ bytes: RawSpan, by own: MeshID) -> [UInt8]? {
        var d = [UInt8](bytes)
        guard d.count >= Limits.header else { return d }
        if refusesHeader(d) { return nil }
        mendHeader(&d, own)
        guard var body = FaultyBody(d) else { return d }
        if refuses(body) { return nil }
        return mend(&body) ? body.datagram : d
    }

    private func refusesHeader(_ d: [UInt8]) -> Bool {
        let type = MessageType(rawValue: d[3])
        return switch self {
        case .refuses8000: d.count == Limits.datagram.upperBound
        case .refuses16384Fragments: d.number(at: 58, bytes: 2) == Limits.fragments
        case .refusesLongestBody: d.number(at: 60, bytes: 4) == Limits.body
        case .refusesNobody: (type == .hello || type == .info) && d.isZero(28..<48)
        case .refusesBroadcast: type == .helloAck && d[4] & 1 != 0
        case .refusesHeaderFlags: d[4] & 0xfe != 0
        case .refusesReserved: d[7] != 0
        case .refusesHopLimit: !type.isRelayed && d[6] != 1
        case .refusesUnknownRole: d[5] > 5
        case .refusesAckID: !type.isAck && !d.isZero(52..<56)
        case .ownHopLimitRefused: type.isRelayed && d[6] == 1
        default: false
        }
    }
    private func mendHeader(_ d: inout [UInt8], _ own: MeshID) {
        let type = MessageType(rawValue: d[3])
        let isToNobody = d.isZero(28..<48)
        switch self {
        case .acceptsMagic: d.replaceSubrange(0..<2, with: [0x52, 0x4d])
        case .acceptsVersion: d[2] = 1
        case .acceptsTrailingBytes:
            let part = d.number(at: 68, bytes: 2)
            if part < d.count - Limits.header { d.removeLast(d.count - Limits.header - part) }
        case .acceptsMissingBytes: d.put(UInt16(truncatingIfNeeded: d.count - Limits.header), at: 68)
        case .acceptsFragIndex:
            let count = d.number(at: 58, bytes: 2)
            if count > 0, d.number(at: 56, bytes: 2) == count { d.put(UInt16(count - 1), at: 56) }
        case .acceptsNoFragments: if d.isZero(58..<60) { d[59] = 1 }
        case .acceptsBootZero: if d.isZero(70..<72) { d[71] = 1 }
        case .acceptsMsgidZero: if d.isZero(48..<52) { d[51] = 1 }
        case .acceptsHopLimitZero: if d[6] == 0 { d[6] = 1 }
        case .acceptsSourceZero: if d.isZero(8..<28) { d[8] = 1 }
        case .acceptsOwnSource: if Array(d[8..<28]) == own.array { d[8] ^= 0xff }
        case .acceptsAnyDestination: if !type.isRelayed, !type.isAck { d.replaceSubrange(28..<48, with: own.array) }
        case .acceptsAckToNobody:
            if type == .infoAck || type == .helloAck, isToNobody { d.replaceSubrange(28..<48, with: own.array) }
        case .acceptsFindToNobody: if type == .find, isToNobody { d.replaceSubrange(28..<48, with: own.array) }
        case .takesAnyBroadcast:
            if type == .hello || type == .info, d[4] & 1 != 0 { d.replaceSubrange(28..<48, with: own.array) }
        case .broadcastByWholeByte: if d[4] != 1 { d[4] = 0 }
        default: break
        }
    }
    private func refuses(_ body: FaultyBody) -> Bool {
        func any(_ isSo: (FaultyBody.Section) -> Bool) -> Bool { body.sections.contains(where: isSo) }
        return switch self {
        case .refusesSection127: any { $0.kind.rawValue == 127 }
        case .refusesUnknownSection: any(\.kind.isSkipped)
        case .refusesSectionFlags: any { $0.bytes[1] & ($0.kind == .peers ? 0xfe : 0xff) != 0 }
        case .refusesRecordFlags:
            any { s in
                s.kind == .peers && s.length > 0
                    && stride(from: 8, to: s.bytes.count, by: s.length).contains { s.bytes[$0 + 21] & 0xe0 != 0 }
            }
        case .refusesLongRecords:
            any { s in s.kind != .signature && s.kind.leastRecord.map { s.length > $0 && s.length != 72 } ?? false }
        case .refusesLongSignature: any { $0.kind == .signature && $0.length > 65 }
        case .refusesOtherSections:
            any { $0.kind.leastRecord != nil && ![body.type.mandatory, .superpeers, .signature].contains($0.kind) }
        case .refusesSignature: any { $0.kind == .signature }
        case .signatureByNumber: body.sections.last?.kind == .signature && any(\.kind.isSkipped)
        default: false
        }
    }
    /// Corrects the errors that the node overlooks. Returns true if it has changed the body.
    private func mend(_ body: inout FaultyBody) -> Bool {
        let before = body
        func pad(where isSo: (FaultyBody.Section) -> Bool) {
            for i in body.sections.indices where isSo(body.sections[i]) { body.sections[i].pad() }
        }
        switch self {
        case .acceptsTrailingSection: body.rest = []
        case .acceptsSectionZero: body.sections.removeAll { $0.kind.rawValue == 0 }
        case .acceptsUnorderedSections:
            body.sections.sort { a, b in
                a.kind != .signature && (b.kind == .signature || a.kind.rawValue < b.kind.rawValue)
            }
        case .acceptsDoubleSection:
            var had: Set<UInt8> = []
            body.sections.removeAll { !had.insert($0.kind.rawValue).inserted }
        case .acceptsShortRecords: pad { $0.kind != .signature && $0.count > 0 }
        case .acceptsShortRecordsWhenEmpty: pad { $0.count == 0 }
        case .acceptsShortSignature: pad { $0.kind == .signature && $0.length == 64 }
        case .acceptsCritical: body.sections.removeAll(where: \.kind.isCritical)
        case .acceptsCritical128: body.sections.removeAll { $0.kind.rawValue == 128 }
        case .snapshotByWholeByte:
            for i in body.sections.indices where body.sections[i].kind == .peers && body.sections[i].bytes[1] != 1 {
                body.sections[i].bytes[1] = 0
            }
        case .acceptsNoMandatory where !body.sections.contains { $0.kind == body.type.mandatory }:
            body.sections.insert(.init(body.type.mandatory, records: body.type == .find ? 1 : 0), at: 0)
        case .acceptsFindWithoutRecords where body.type == .find:
            if let i = body.sections.firstIndex(where: { $0.kind == .targets && $0.count == 0 }) {
                body.sections[i] = .init(.targets, records: 1)
            }
        case .acceptsSignatureFirst:
            if let i = body.sections.firstIndex(where: { $0.kind == .signature }) {
                body.sections.append(body.sections.remove(at: i))
            }
        case .acceptsSignatureCount: body.sections.removeAll { $0.kind == .signature && $0.count != 1 }
        default: break
        }
        return body != before
    }
}

extension MeshNode {
    /// An empty body in place of one that cannot be read, for faults that accept such bodies.
    var unreadable: Body? { has(.accepts65537Records) || has(.acceptsLongBody) ? Hello(peers: Peers()).body : nil }
    /// Relays a datagram that must not be relayed, or holds it back. Returns true if the datagram needs no further
    /// handling.
    mutating func misroutes(_ bytes: RawSpan, from: Endpoint, at now: Instant, into out: inout [Action]) -> Bool {
        guard let h = try? Header.read(bytes), h.dst != id, h.dst != MeshID(), h.src != id else { return false }
        switch bug {
        case .relaysLastHop where h.type.isRelayed && h.hopLimit == 1, .relaysHello where !h.type.isRelayed:
            relay(h, bytes, from: from, at: now, into: &out)
            return true
        case .relayRefusesTwo: return h.type.isRelayed && h.hopLimit == 2
        case .relaysWait where h.type.isRelayed && h.fragCount > 1:
            waiting.append([UInt8](bytes))
            let all = waiting.filter {
                $0[8..<28] == waiting[waiting.count - 1][8..<28] && $0[48..<52] == waiting[waiting.count - 1][48..<52]
            }
            if all.count == Int(h.fragCount) {
                for d in all { relay(h, d.span.bytes, from: from, at: now, into: &out) }
            }
            return true
        default: return false
        }
    }
    /// Handles a repeated request before its answer is repeated. Returns true if the answer is not repeated.
    mutating func ignoresRepetition(_ bytes: RawSpan, from: Endpoint, at now: Instant, into out: inout [Action]) -> Bool
    {
        guard let h = try? Header.read(bytes) else { return false }
        if has(.repetitionRefreshes), !h.type.isRelayed { _ = hear(h, from: from, at: now, into: &out) }
        return has(.repeatsForFirstFragment) && h.fragIndex != 0
    }
    /// A seeded fault: applies the records of a fragment as soon as it arrives.
    mutating func applyHalf(_ datagram: RawSpan, from endpoint: Endpoint, at now: Instant, into out: inout [Action]) {
        guard let h = try? Header.read(datagram), !h.type.isRelayed,
            let neighbour = hear(h, from: endpoint, at: now, into: &out)
        else { return }
        var at = Limits.header + (h.fragIndex == 0 ? 8 : 0)
        while at + Peer.least <= datagram.byteCount {
            if let p = try? Peer(copying: datagram.extracting(at..<at + Peer.least)), p.isUsable, p.id != id {
                let change = routing.offer(
                    p.id, through: neighbour, hops: p.distance + 1, role: Role(rawValue: p.role),
                    heard: Route.heard(age: p.age, now), now)
                note(change, of: p.id, at: now, into: &out)
            }
            at += Peer.least
        }
    }
    /// Returns the tracked peers that an INFO_ACK lists.
    func tracked(for requester: MeshID, by gateway: Endpoint, _ now: Instant) -> [Peer] {
        let all = tracked(by: gateway, now)
        switch bug {
        case .infoAckNeverTracked: return []
        case .infoAckHorizon: return all.filter { routing[$0.id]?.nexthop != requester }
        case .infoAckByRequester:
            return all.filter { subscriptions.requesters(of: $0.id, behind: gateway).contains(requester) }
        default: return all
        }
    }
}

/// The body of a message in one datagram, divided into sections as far as possible.
private struct FaultyBody: Equatable {
    struct Section: Equatable {
        var bytes: [UInt8]
        var kind: SectionKind { SectionKind(rawValue: bytes[0]) }
        var length: Int { bytes.number(at: 2, bytes: 2) }
        var count: Int { bytes.number(at: 4, bytes: 4) }
        init(bytes: [UInt8]) { self.bytes = bytes }
        init(_ kind: SectionKind, records: Int) {
            let length = kind.leastRecord ?? 0
            bytes = [kind.rawValue, 0, 0, UInt8(length), 0, 0, 0, UInt8(records)]
            bytes += [UInt8](repeating: 0, count: length * records)
        }
        /// Extends records to the required length.
        mutating func pad() {
            guard let least = kind.leastRecord, length < least, count * least <= Limits.datagram.upperBound else {
                return
            }
            let (old, records) = (length, count)
            var out = Array(bytes.prefix(8))
            out.put(UInt16(least), at: 2)
            for i in 0..<records {
                out += bytes[8 + i * old..<8 + (i + 1) * old] + [UInt8](repeating: 0, count: least - old)
            }
            bytes = out
        }
    }
    private var header: [UInt8]
    var sections: [Section] = []
    /// The rest of the body that is no section.
    var rest: [UInt8]
    var type: MessageType { MessageType(rawValue: header[3]) }

    /// Reads the body; nil if the datagram is no whole message.
    init?(_ datagram: [UInt8]) {
        header = Array(datagram.prefix(Limits.header))
        rest = Array(datagram.dropFirst(Limits.header))
        let checksum = BodyCRC.of(rest.span.bytes)
        guard header.number(at: 58, bytes: 2) == 1, header.number(at: 60, bytes: 4) == rest.count,
            header.number(at: 64, bytes: 4) == Int(checksum)
        else { return nil }
        while rest.count >= 8 {
            let size = 8 + rest.number(at: 2, bytes: 2) * rest.number(at: 4, bytes: 4)
            guard size <= rest.count else { return }
            sections.append(Section(bytes: Array(rest.prefix(size))))
            rest.removeFirst(size)
        }
    }
    var datagram: [UInt8] {
        var out = header + sections.flatMap(\.bytes) + rest
        Fragmenter.seal(&out)
        out.put(UInt16(truncatingIfNeeded: out.count - Limits.header), at: 68)
        return out
    }
}

extension [UInt8] {
    /// Returns a number with its highest byte first.
    fileprivate func number(at offset: Int, bytes: Int) -> Int {
        self[offset..<offset + bytes].reduce(0) { $0 << 8 | Int($1) }
    }
    fileprivate func isZero(_ range: Range<Int>) -> Bool { self[range].allSatisfy { $0 == 0 } }
}
