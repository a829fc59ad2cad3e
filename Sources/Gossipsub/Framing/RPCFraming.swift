import Node
import Wire

/// The length that stands in front of an RPC.
enum RPCLength {
    /// Bytes that it may have (multiformats, unsigned varints).
    static let most = 9
    /// The length at the front of these bytes, and how many bytes that has; nil: the rest of it is to come.
    static func read(_ front: RawSpan) throws(WireError) -> (length: UInt64, size: Int)? {
        var length: UInt64 = 0
        for i in 0..<most {
            guard i < front.byteCount else { return nil }
            let byte = front.unsafeLoad(fromUncheckedByteOffset: i, as: UInt8.self)
            length |= UInt64(byte & 0x7f) << UInt64(7 * i)
            guard byte & 0x80 == 0 else { continue }
            if byte == 0, i > 0 { break }
            return (length, i + 1)
        }
        throw WireError(reason: .overlong, path: "length", offset: 0)
    }
}

/// One direction of a stream of RPCs.
struct RPCFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        // By the length alone: the content is read by whoever shows or judges it.
        let length: UInt64
        let size: Int
        do throws(WireError) {
            guard let front = try RPCLength.read(bytes) else { return .needMore(1) }
            (length, size) = front
        } catch {
            return .refused(error)
        }
        guard length <= UInt64(RPC.limit) else {
            return .refused(
                WireError(
                    reason: .illegal, path: "length", offset: 0, wanted: UInt64(RPC.limit), had: length))
        }
        let count = size + Int(length)
        return bytes.byteCount < count ? .needMore(count - bytes.byteCount) : .message(RPC.self, length: count)
    }
    func resync(_ bytes: RawSpan) -> Int? { nil }
}
