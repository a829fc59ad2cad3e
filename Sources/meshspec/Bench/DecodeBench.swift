import Nano
import Wire

extension Bench {
    static let decodeHandshake = Bench(
        name: "decode nano handshake", limit: "hand-written loads", goal: "at most 1.5"
    ) {
        var m = NodeIDHandshake()
        m.query = Key32(repeating: 0x22)
        m.response = NodeIDHandshake.Response(version: 2)
        let bytes = opaque(m.encoded())
        let span = bytes.span.bytes
        var place = NodeIDHandshake()
        let visitor = best(2_000_000) { place.read(borrowing: span) ? Int(place.version) : 0 }
        var hand = NodeIDHandshake()
        let loads = best(2_000_000) { HandWritten.handshake(span, &hand) ? Int(hand.version) : 0 }
        guard place == hand else { return nil }
        return Row(figure: visitor, limit: loads, unit: "ns")
    }
    static let decodeKeepalive = Bench(
        name: "decode nano keepalive", limit: "hand-written loads", goal: "at most 1.5"
    ) {
        var m = Keepalive()
        m.peers = (0..<8).map { i in
            var p = Keepalive.Peer()
            p.port = UInt16(i)
            return p
        }
        let bytes = opaque(m.encoded())
        let span = bytes.span.bytes
        var place = Keepalive()
        let visitor = best(1_000_000) { place.read(borrowing: span) ? place.peers.count : 0 }
        var hand = Keepalive()
        let loads = best(1_000_000) { HandWritten.keepalive(span, &hand) ? hand.peers.count : 0 }
        guard place == hand else { return nil }
        return Row(figure: visitor, limit: loads, unit: "ns")
    }
}

/// The same fields by loads and copies as one would write them without a description: the limit of the rows above.
enum HandWritten {
    @inline(__always)
    static func header(_ s: RawSpan, _ h: inout Header, _ type: MessageType) -> Bool {
        guard s.byteCount >= 8 else { return false }
        h.network = NetworkID(
            rawValue: UInt16(bigEndian: s.unsafeLoadUnaligned(fromUncheckedByteOffset: 0, as: UInt16.self)))
        h.versionMax = s.unsafeLoad(fromUncheckedByteOffset: 2, as: UInt8.self)
        h.versionUsing = s.unsafeLoad(fromUncheckedByteOffset: 3, as: UInt8.self)
        h.versionMin = s.unsafeLoad(fromUncheckedByteOffset: 4, as: UInt8.self)
        h.type = MessageType(rawValue: s.unsafeLoad(fromUncheckedByteOffset: 5, as: UInt8.self))
        h.extensions = Derived(UInt16(littleEndian: s.unsafeLoadUnaligned(fromUncheckedByteOffset: 6, as: UInt16.self)))
        return h.type == type
    }
    @inline(__always)
    static func key(_ s: RawSpan, _ at: Int) -> Key32 {
        s.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: Key32.self)
    }

    static func handshake(_ s: RawSpan, _ m: inout NodeIDHandshake) -> Bool {
        m = NodeIDHandshake()
        guard header(s, &m.header, .nodeIDHandshake) else { return false }
        let bits = m.header.extensions.value
        m.version = bits & 8 != 0 ? 3 : bits & 4 != 0 ? 2 : 1
        var at = 8
        if bits & 1 != 0 {
            guard s.byteCount >= at + 32 else { return false }
            m.query = key(s, at)
            at += 32
        }
        if bits & 2 != 0 {
            let size = m.version == 3 ? 176 : m.version == 2 ? 160 : 96
            guard s.byteCount >= at + size else { return false }
            var r = NodeIDHandshake.Response(version: m.version)
            r.nodeID = key(s, at)
            at += 32
            if m.version >= 2 {
                r.salt = key(s, at)
                r.genesis = key(s, at + 32)
                at += 64
            }
            if m.version == 3 {
                r.capabilities = UInt64(bigEndian: s.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: UInt64.self))
                r.reserved = UInt64(bigEndian: s.unsafeLoadUnaligned(fromUncheckedByteOffset: at + 8, as: UInt64.self))
                at += 16
            }
            r.signature = s.unsafeLoadUnaligned(fromUncheckedByteOffset: at, as: Signature64.self)
            at += 64
            m.response = r
        }
        return at == s.byteCount
    }
    static func keepalive(_ s: RawSpan, _ m: inout Keepalive) -> Bool {
        m = Keepalive()
        guard s.byteCount == 152, header(s, &m.header, .keepalive) else { return false }
        m.peers.reserveCapacity(8)
        for i in 0..<8 {
            var p = Keepalive.Peer()
            p.address = s.unsafeLoadUnaligned(fromUncheckedByteOffset: 8 + 18 * i, as: Fixed<16>.self)
            p.port = UInt16(littleEndian: s.unsafeLoadUnaligned(fromUncheckedByteOffset: 24 + 18 * i, as: UInt16.self))
            m.peers.append(p)
        }
        return true
    }
}
