import Libp2p
import Node
import Wire

/// The length that stands in front of an RPC.
enum RPCLength {
    /// Bytes that it may have (multiformats, unsigned varints).
    static let most = 9
    /// The length at the front of these bytes, and how many bytes that has; nil: the rest of it is to come.
    static func read(_ front: ArraySlice<UInt8>) throws(WireError) -> (length: UInt64, size: Int)? {
        var rest = front
        if let length = Varint.take(&rest) { return (length, front.count - rest.count) }
        let head = front.prefix(most)
        if head.count < most, head.allSatisfy({ $0 & 0x80 != 0 }) { return nil }
        throw WireError(reason: .overlong, path: "length", offset: 0)
    }
}

/// One direction of a stream of RPCs.
struct RPCFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        // By the length alone: the content is read by whoever shows or judges it.
        let all = bytes.withUnsafeBytes { [UInt8]($0.prefix(RPCLength.most)) }
        let length: UInt64
        let size: Int
        do throws(WireError) {
            guard let front = try RPCLength.read(all[...]) else { return .needMore(1) }
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
