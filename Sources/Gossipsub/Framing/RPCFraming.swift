import Libp2p
import Node
import Wire

/// One direction of a stream of RPCs.
struct RPCFraming: Framing {
    mutating func next(_ bytes: RawSpan) -> FramingResult {
        // By the length alone: the content is read by whoever shows or judges it.
        let all = bytes.withUnsafeBytes { [UInt8]($0.prefix(10)) }
        var rest = all[...]
        guard let length = Varint.take(&rest) else {
            // At most nine bytes, of which the last one is to come.
            if all.count < 9, all.allSatisfy({ $0 & 0x80 != 0 }) { return .needMore(1) }
            return .refused(WireError(reason: .overlong, path: "length", offset: 0))
        }
        guard length <= UInt64(RPC.limit) else {
            return .refused(
                WireError(
                    reason: .illegal, path: "length", offset: 0, wanted: UInt64(RPC.limit), had: length))
        }
        let count = rest.startIndex + Int(length)
        return bytes.byteCount < count ? .needMore(count - bytes.byteCount) : .message(RPC.self, length: count)
    }
    func resync(_ bytes: RawSpan) -> Int? { nil }
}
