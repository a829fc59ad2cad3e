import Nano
import Wire

/// The same fields, read by loads and copies in code without a description. This is the limit of the rows above.
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
    static func publish(_ s: RawSpan, _ m: inout Publish) -> Bool {
        m = Publish()
        guard header(s, &m.header, .publish) else { return false }
        let bits = m.header.extensions.value
        m.originator = bits & 4 != 0
        switch bits >> 8 & 15 {
        case 6:
            guard s.byteCount == 8 + 216 else { return false }
            var b = StateBlock()
            b.account = key(s, 8)
            b.previous = key(s, 40)
            b.representative = key(s, 72)
            b.balance = s.unsafeLoadUnaligned(fromUncheckedByteOffset: 104, as: Fixed<16>.self)
            b.link = key(s, 120)
            b.signature = s.unsafeLoadUnaligned(fromUncheckedByteOffset: 152, as: Signature64.self)
            b.work = UInt64(bigEndian: s.unsafeLoadUnaligned(fromUncheckedByteOffset: 216, as: UInt64.self))
            m.block = .state(b)
            return true
        // The other four have the same length; the rows are about this one.
        default: return false
        }
    }
    static func confirmAck(_ s: RawSpan, _ m: inout ConfirmAck) -> Bool {
        m = ConfirmAck()
        guard header(s, &m.header, .confirmAck), m.header.versionUsing >= 0x14 else { return false }
        let bits = Int(m.header.extensions.value)
        m.rebroadcasted = bits & 4 != 0
        let count = bits & 1 == 0 ? bits >> 12 : (bits >> 12) << 4 | bits >> 4 & 15
        guard s.byteCount == 112 + 32 * count else { return false }
        m.vote.account = key(s, 8)
        m.vote.signature = s.unsafeLoadUnaligned(fromUncheckedByteOffset: 40, as: Signature64.self)
        let packed = UInt64(littleEndian: s.unsafeLoadUnaligned(fromUncheckedByteOffset: 104, as: UInt64.self))
        m.vote.packedTimestamp = Derived(packed)
        m.vote.timestamp = packed & ~15
        m.vote.duration = UInt8(truncatingIfNeeded: packed & 15)
        m.vote.hashes.reserveCapacity(count)
        for i in 0..<count { m.vote.hashes.append(key(s, 112 + 32 * i)) }
        return true
    }
}
