import TestMessages
import Testing
import Wire

@testable import Node
@testable import RightMesh

/// A generator of valid messages from a seed.
private struct Gen {
    var random: Random
    mutating func below(_ n: Int) -> Int { Int(random.next() % UInt64(n)) }
    mutating func number<N: FixedWidthInteger>(_: N.Type = N.self) -> N { N(truncatingIfNeeded: random.next()) }
    mutating func id() -> MeshID { MeshID(random.bytes(20)) ?? MeshID() }
    mutating func extra() -> RecordExtension? {
        var e = RecordExtension()
        e.bytes = Bytes(random.bytes(1 + below(12)))
        return e
    }
    /// Either all records of a section have an extension with the same length, or no record has one.
    mutating func extended<R: Extensible>(_ records: inout [R], _ set: (inout R, RecordExtension?) -> Void) {
        guard below(4) == 0 else { return }
        let size = 1 + below(12)
        for i in records.indices {
            var e = RecordExtension()
            e.bytes = Bytes(random.bytes(size))
            set(&records[i], e)
        }
    }
    mutating func message<M: RightMeshMessage>(_: M.Type) -> M {
        var m = M()
        m.header.src = id()
        m.header.dst = id()
        (m.header.flags, m.header.role) = (HeaderFlags(rawValue: number()), Role(rawValue: number()))
        (m.header.hopLimit, m.header.reserved) = (number(), number())
        (m.header.msgID, m.header.ackID, m.header.boot) = (number(), number(), number())
        if M.type != .find || below(5) == 0 {
            var all = (0..<below(40)).map { _ in
                var p = Peer(
                    id(), hop: number(), role: Role(rawValue: number() & 15), age: number(), isWithdrawn: below(2) == 0)
                p.flags = number() & 15
                return p
            }
            extended(&all) { $0.extension = $1 }
            m.body.peers = Peers(all, isSnapshot: below(2) == 0)
        }
        if below(2) == 0 {
            let hasMetrics = below(2) == 0
            var all = (0..<below(9)).map { _ in
                var s = Superpeer()
                (s.id, s.ip) = (id(), Fixed(random.bytes(16)) ?? Fixed())
                (s.port, s.hop, s.age, s.reserved) = (number(), number(), number(), number())
                guard hasMetrics else { return s }
                var metrics = Superpeer.Metrics()
                (metrics.feeToBuyer, metrics.sellers, metrics.kbits) = (number(), number(), number())
                s.metrics = metrics
                return s
            }
            extended(&all) { $0.extension = $1 }
            m.body.superpeers = Superpeers(all)
        }
        if M.type == .find || below(5) == 0 {
            var all = (0..<1 + below(30)).map { _ in
                Target(id(), port: number(), TargetFlags(rawValue: number()))
            }
            extended(&all) { $0.extension = $1 }
            m.body.targets = Targets(all)
        }
        for kind in 5..<0x80 as Range<UInt8> where below(60) == 0 {
            var s = SkippedSection()
            (s.section, s.flags, s.recLen) = (SectionKind(rawValue: kind), number(), UInt16(below(20)))
            s.count = s.recLen == 0 ? number() : UInt32(below(5))
            s.content = Bytes(random.bytes(Int(s.recLen) * Int(s.recLen == 0 ? 0 : s.count)))
            m.body.skipped.append(s)
        }
        if below(4) == 0 {
            var s = SignatureSection()
            s.record.r = Fixed(random.bytes(32)) ?? Fixed()
            s.record.s = Fixed(random.bytes(32)) ?? Fixed()
            s.record.v = number()
            if below(2) == 0 { s.record.extension = extra() }
            m.body.signature = s
        }
        return m
    }
}

/// RM-11: decode(encode(m)) = m for each type, in one piece and after any split and order.
@Test(arguments: catalogue.indices) func everyMessageComesBack(index: Int) throws {
    func check<M: RightMeshMessage>(_: M.Type) throws {
        var gen = Gen(random: Random(seed: 0x5eed, "property", "\(M.name)"))
        for round in 0..<250 {
            let m = gen.message(M.self)
            let bytes = m.encoded()
            #expect(M.check(bytes) == nil, "round \(round)")
            var back = try M(copying: bytes)
            #expect(back.encoded() == bytes && M.reencode(bytes) == bytes)
            #expect(M.dissect(bytes).notes == [] && bytes.count == m.byteCount())
            let (built, errors) = M.build(M.dissect(bytes).fields(in: bytes.span.bytes))
            #expect(errors == [] && built.encoded() == bytes)
            // A decoded message has its derived fields set. Without them, it equals the original.
            back.header.bodyLen.stored = nil
            back.header.bodyCRC.stored = nil
            back.header.fragLen.stored = nil
            back.body.peers?.forget()
            back.body.superpeers?.forget()
            back.body.targets?.forget()
            back.body.signature?.recLen.stored = nil
            back.body.signature?.count.stored = nil
            #expect(back == m, "round \(round)")
            #expect(BodyCheck.fault(bytes.span.bytes.extracting(72...), of: M.type) == nil)
            guard m.header.src != MeshID(), m.header.msgID != 0, m.header.boot != 0, m.header.hopLimit > 0 else {
                continue
            }
            var datagrams = try Fragmenter.split(bytes.span.bytes, maxDatagram: 256 + gen.below(1000))
            for i in datagrams.indices { datagrams.swapAt(i, gen.below(datagrams.count)) }
            var reassembler = Reassembler()
            for (i, d) in datagrams.enumerated() {
                guard case .message(let whole) = reassembler.receive(d.span.bytes, from: .loopback(1), now: .zero)
                else {
                    #expect(i < datagrams.count - 1)
                    continue
                }
                #expect(i == datagrams.count - 1 && whole.bytes[72...] == bytes[72...])
                #expect(M.check(whole.bytes) == nil && M.dissect(whole.bytes).notes == [])
            }
        }
    }
    try check(catalogue[index])
}

/// A receiver that reads only sections and the descriptions of messages refuse the same bodies.
@Test func bothSeeTheSameFaults() {
    func check<M: RightMeshMessage>(_: M.Type, _ index: Int) {
        var gen = Gen(random: Random(seed: 0x5eed, "bodies", "\(index)"))
        var refused = 0
        for _ in 0..<3000 {
            var bytes = gen.message(M.self).encoded()
            for _ in 0..<1 + gen.below(3) {
                let at = 72 + gen.below(max(1, min(bytes.count - 72, 60)))
                switch gen.below(4) {
                case 0: bytes.removeLast(min(gen.below(30), bytes.count - 72))
                case 1: bytes += gen.random.bytes(gen.below(12))
                case 2: if at < bytes.count { bytes[at] = [0, 1, 2, 3, 4, 5, 0x7f, 0x80, 0xff][gen.below(9)] }
                default: if at < bytes.count { bytes[at] ^= 1 << UInt8(gen.below(8)) }
                }
            }
            Fragmenter.seal(&bytes)
            let fault = BodyCheck.fault(bytes.span.bytes.extracting(72...), of: M.type)
            #expect((fault == nil) == (M.check(bytes) == nil), "\(bytes.hex)")
            if fault != nil { refused += 1 }
        }
        #expect(refused > 300 && refused < 2900, "\(refused)")
    }
    for (i, type) in catalogue.enumerated() { check(type, i) }
}

extension RecordSection { fileprivate mutating func forget() { (recLen.stored, count.stored) = (nil, nil) } }
