import Node
import Wire

/// A framing in which a datagram holds one message or one fragment of a message. `DatagramLayer` rejoins the fragments.
struct DatagramFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        do throws(DatagramFault) {
            try Header.checkBeginning(bytes)
            guard bytes.byteCount >= Limits.header else { return .needMore(Limits.header - bytes.byteCount) }
            // Bytes that a capture has cut off are missing; the sender made no mistake.
            let wanted = Limits.header + Int(UInt16.load(bytes, 68, .big))
            if bytes.byteCount < wanted, wanted <= Limits.datagram.upperBound {
                return .needMore(wanted - bytes.byteCount)
            }
            let header = try Header.read(bytes)
            guard header.fragCount == 1, let message = header.type.message else {
                return .message(Fragment.self, length: bytes.byteCount)
            }
            return .message(message, length: bytes.byteCount)
        } catch {
            return .refused(error.error)
        }
    }
    /// Returns nil, because no message begins within a datagram.
    func resync(_ bytes: RawSpan) -> Int? { nil }
}
