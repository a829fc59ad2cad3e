public import Node
public import Wire

/// The framing of one direction of a stream of messages that have their length before them.
public struct PrefixedFraming: Framing {
    private let type: any Message.Type
    private let limit: UInt32
    /// True if bytes are missing. After them, a message is looked for where the data of a frame begins.
    public private(set) var resumesAtSegments = false

    /// Creates a framing of messages of a type. `limit`: the maximum length in bytes, without the length itself.
    public init(_ type: any Message.Type, limit: Int) { (self.type, self.limit) = (type, UInt32(clamping: limit)) }

    public mutating func next(_ bytes: RawSpan) -> FramingResult {
        // The length alone delimits a message. The code that shows or judges the content decodes it.
        let length: UInt64
        let size: Int
        do throws(WireError) {
            guard let front = try Varint.front(bytes) else { return .needMore(1) }
            (length, size) = front
        } catch {
            return .refused(error)
        }
        guard length <= UInt64(limit) else {
            return .refused(
                WireError(reason: .illegal, path: "length", offset: 0, wanted: UInt64(limit), had: length))
        }
        let count = size + Int(length)
        return bytes.byteCount < count ? .needMore(count - bytes.byteCount) : .message(type, length: count)
    }
    public func announced(by bytes: RawSpan) -> Announcement? {
        Announcement(type, length: Varint.announced(by: bytes))
    }
    public func resync(_ bytes: RawSpan) -> Int? { nil }
    public mutating func lose(_ count: Int64?, behind kept: Int) -> Int? {
        resumesAtSegments = true
        return nil
    }
    /// Returns true if messages may fill the bytes. The last one may be incomplete.
    public func mayResume(at bytes: RawSpan) -> Bool {
        var (framing, at) = (self, 0)
        while at < bytes.byteCount {
            switch framing.next(bytes.extracting(at...)) {
            case .needMore: return true
            case .refused: return false
            case .message(_, let length):
                guard type.inspect(bytes.extracting(at..<at &+ length)) != .refused else { return false }
                at &+= length
            }
        }
        return true
    }
}
