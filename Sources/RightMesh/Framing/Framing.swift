import Node
import Wire

/// A datagram holds one message, or one fragment of one, which `DatagramLayer` puts together.
struct DatagramFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        do throws(DatagramFault) {
            try Header.checkBeginning(bytes)
            guard bytes.byteCount >= Limits.header else { return .needMore(Limits.header - bytes.byteCount) }
            // What a capture has cut off is missing, and no fault of the sender.
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
    /// No message begins within a datagram.
    func resync(_ bytes: RawSpan) -> Int? { nil }
}
