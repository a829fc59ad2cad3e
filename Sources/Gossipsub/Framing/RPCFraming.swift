import Libp2p
import Node
import Wire

/// The length that precedes an RPC.
enum RPCLength {
    /// Reads the length at the front of these bytes and returns it with the number of bytes that it takes; nil if more
    /// bytes are needed.
    static func read(_ front: RawSpan) throws(WireError) -> (length: UInt64, size: Int)? {
        if let (length, size) = Varint.read(front) { return (length, size) }
        let isWhole = front.byteCount >= Varint.most
        if !isWhole, front.withUnsafeBytes({ $0.allSatisfy { $0 & 0x80 != 0 } }) { return nil }
        throw WireError(reason: .overlong, path: "length", offset: 0)
    }
}

/// The framing of one direction of a stream of RPCs.
struct RPCFraming: Framing {
    /// True if bytes are missing. After them, an RPC is looked for where the data of a frame begins.
    private(set) var resumesAtSegments = false

    mutating func next(_ bytes: RawSpan) -> FramingResult {
        // The length alone delimits a message. The code that shows or judges the content decodes it.
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
    func announced(by bytes: RawSpan) -> Announcement? {
        Announcement(RPC.self, length: Varint.announced(by: bytes))
    }
    func resync(_ bytes: RawSpan) -> Int? { nil }
    mutating func lose(_ count: Int64?, behind kept: Int) -> Int? {
        resumesAtSegments = true
        return nil
    }
    /// Returns true if RPCs may fill the bytes. The last one may be incomplete.
    func mayResume(at bytes: RawSpan) -> Bool {
        var (framing, at) = (self, 0)
        while at < bytes.byteCount {
            switch framing.next(bytes.extracting(at...)) {
            case .needMore: return true
            case .refused: return false
            case .message(_, let length):
                guard RPC.inspect(bytes.extracting(at..<at &+ length)) != .refused else { return false }
                at &+= length
            }
        }
        return true
    }
}
