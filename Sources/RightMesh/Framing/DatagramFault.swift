import Wire

/// The reason why a datagram is dropped because of its header alone. The checks are made in the order of the
/// specification, and the first that fails decides.
struct DatagramFault: Error, Equatable {
    var counter: Counter
    /// The field with the fault; empty if it concerns the whole datagram.
    var path: StaticString
    /// The offset of the field.
    var offset: Int
    /// The value of the field.
    var had: UInt64

    init(_ counter: Counter, _ path: StaticString = "", _ offset: Int = 0, had: Int = 0) {
        (self.counter, self.path, self.offset, self.had) = (counter, path, offset, UInt64(clamping: had))
    }
    static func == (a: Self, b: Self) -> Bool { a.counter == b.counter && a.offset == b.offset }
    /// The fault in the form that decoders report.
    var error: WireError { WireError(reason: .illegal, path: path.description, offset: offset, had: had) }
}

extension Header {
    /// Reads and checks the header of a datagram, as far as a receiver can without knowing its own id; with a seeded
    /// fault.
    static func read(_ bytes: RawSpan, _ bug: Misbehaviour? = nil) throws(DatagramFault) -> Header {
        guard bytes.byteCount >= 4 else { throw DatagramFault(.malformed, had: bytes.byteCount) }
        try checkBeginning(bytes)
        guard Limits.header <= bytes.byteCount, bytes.byteCount <= Limits.datagram.upperBound || bug == .accepts8001
        else {
            throw DatagramFault(.malformed, had: bytes.byteCount)
        }
        var h = Header()
        guard h.read(borrowing: bytes.extracting(..<Limits.header)) else { throw DatagramFault(.malformed) }
        let part = bytes.byteCount - Limits.header
        guard h.fragLen.count == part else { throw DatagramFault(.malformed, "frag_len", 68, had: h.fragLen.count) }
        guard h.fragCount >= 1 else { throw DatagramFault(.malformed, "frag_count", 58) }
        guard h.fragIndex < h.fragCount else {
            throw DatagramFault(.malformed, "frag_index", 56, had: Int(h.fragIndex))
        }
        guard h.fragCount <= Limits.fragments || bug == .accepts16385Fragments else {
            throw DatagramFault(.tooBig, "frag_count", 58, had: Int(h.fragCount))
        }
        guard h.bodyLen.value <= Limits.body || bug == .acceptsLongBody else {
            throw DatagramFault(.tooBig, "body_len", 60, had: h.bodyLen.count)
        }
        guard part >= 1 || h.fragCount == 1 || bug == .acceptsEmptyFragment else {
            throw DatagramFault(.malformed, "frag_len", 68)
        }
        guard h.boot != 0 else { throw DatagramFault(.malformed, "boot", 70) }
        guard h.msgID != 0 else { throw DatagramFault(.malformed, "msg_id", 48) }
        guard h.hopLimit >= 1 else { throw DatagramFault(.hopLimit, "hop_limit", 6) }
        guard h.src != MeshID() else { throw DatagramFault(.badSource, "src", 8) }
        return h
    }
    /// Checks magic, version and type. The datagram may end before the last of them.
    static func checkBeginning(_ bytes: RawSpan) throws(DatagramFault) {
        func byte(_ i: Int) -> UInt8? { i < bytes.byteCount ? UInt8.load(bytes, i, .big) : nil }
        guard byte(0) ?? 0x52 == 0x52, byte(1) ?? 0x4d == 0x4d else { throw DatagramFault(.malformed, "magic") }
        if let v = byte(2), v != version { throw DatagramFault(.badVersion, "version", 2, had: Int(v)) }
        if let t = byte(3), !MessageType(rawValue: t).isKnown { throw DatagramFault(.badType, "type", 3, had: Int(t)) }
    }

    /// Returns true if the node `own` relays a datagram with this header, and false if it takes the datagram itself.
    func isRelayed(by own: MeshID) throws(DatagramFault) -> Bool {
        guard src != own else { throw DatagramFault(.badSource, "src", 8) }
        if dst == own { return false }
        let isForAnybody = dst == MeshID()
        if isForAnybody, type == .hello || type == .info { return false }
        if type == .helloAck, flags.isBroadcast { return false }
        guard type.isRelayed, !isForAnybody else { throw DatagramFault(.notForMe, "dst", 28) }
        guard hopLimit > 1 else { throw DatagramFault(.hopLimit, "hop_limit", 6, had: Int(hopLimit)) }
        return true
    }
}

/// Relays FIND and FIND_ACK datagram by datagram.
enum Relay {
    /// Returns the datagram to relay: `hop_limit` is one less, and all other bytes are unchanged. The caller has
    /// checked that the datagram may be relayed.
    static func forwarded(_ datagram: RawSpan) -> [UInt8] {
        var out = [UInt8](datagram)
        if out.count > 6 { out[6] &-= 1 }
        return out
    }
}
