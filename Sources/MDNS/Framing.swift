import Node
import Wire

/// A framing in which a datagram holds one message.
struct MessageFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        guard bytes.byteCount >= DNSMessage.headerCount else {
            return .needMore(DNSMessage.headerCount - bytes.byteCount)
        }
        return .message(DNSMessage.self, length: bytes.byteCount)
    }
    /// Returns nil, because no message begins within a datagram.
    func resync(_ bytes: RawSpan) -> Int? { nil }
}

/// The detection of the discovery service among other messages of multicast DNS. The port does not matter, because most
/// messages on port 5353 are about other services.
enum ServiceProbe {
    /// Returns how likely a datagram belongs to the service. A message is certain if it has the name of the service.
    static func likelihood(_ bytes: RawSpan) -> Likelihood {
        guard bytes.byteCount > DNSMessage.headerCount else { return .no }
        // Opcode and response code are 0, and there is a question or an answer.
        let flags = UInt16.load(bytes, 2, .big)
        guard flags & 0x780f == 0, UInt16.load(bytes, 4, .big) > 0 || UInt16.load(bytes, 6, .big) > 0 else {
            return .no
        }
        return hasService(bytes) ? .certain : asksForServices(bytes) ? .likely : .no
    }
    private static func asksForServices(_ bytes: RawSpan) -> Bool {
        let name = NameReading(bytes, at: DNSMessage.headerCount)
        return name.isGood && DomainName.fold(name.expanded) == ServiceNames.meta.folded
    }
    /// Returns true if anywhere the label `_p2p` or `_p2p-...` is before the label `_udp` or a pointer.
    private static func hasService(_ bytes: RawSpan) -> Bool {
        let (first, second) = (Array("_p2p".utf8), Array("\u{4}_udp".utf8))
        func begins(_ part: [UInt8], at offset: Int) -> Bool {
            guard bytes.byteCount - offset >= part.count else { return false }
            return part.indices.allSatisfy { i in
                let byte = UInt8.load(bytes, offset + i, .big)
                return (0x41...0x5a ~= byte ? byte | 0x20 : byte) == part[i]
            }
        }
        for at in DNSMessage.headerCount..<bytes.byteCount {
            let count = Int(UInt8.load(bytes, at, .big))
            guard count >= first.count, count <= DomainName.labelLimit, begins(first, at: at + 1) else { continue }
            let next = at + 1 + count
            let hasPointer = next < bytes.byteCount && UInt8.load(bytes, next, .big) >> 6 == 3
            guard hasPointer || begins(second, at: next) else { continue }
            if count == first.count || begins([UInt8(ascii: "-")], at: at + 1 + first.count) { return true }
        }
        return false
    }
}
