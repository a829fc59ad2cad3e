import Node
import Wire

/// The framing of one direction of a WebSocket connection: the head of a request or response, then frames. The bytes
/// after a response that does not upgrade are not framed.
struct StreamFraming: Framing {
    private enum Expected { case head, frames, nothing }
    private let limits = Limits()
    /// True if HTTP heads without WebSocket are accepted too. A node and its tester accept them. A capture does not,
    /// because it may hold any HTTP.
    private let takesAny: Bool
    private var expected = Expected.head
    private var head = HeadEnd()
    /// True if the other direction has asked for WebSocket.
    private var isAsked = false

    init(_ settings: Settings?) { takesAny = settings != nil }

    mutating func next(_ bytes: RawSpan) -> FramingResult {
        if expected == .frames { return frame(bytes) }
        guard expected == .head, Self.mayBeHead(bytes) else { return Self.refusal(bytes) }
        switch head.find(bytes, limit: limits.head) {
        case .needMore: return .needMore(1)
        case .tooLong: return .refused(HeadEnd.tooLong(limits.head))
        case .bareLF(let offset): return .refused(HeadEnd.bareLF(offset))
        case .head(let length):
            let unit = bytes.extracting(0..<length)
            guard Self.starts(bytes, with: "HTTP/") else {
                guard takesAny || Self.asks(unit) else { return Self.refusal(bytes) }
                expected = .frames
                return .message(Upgrade.self, length: length)
            }
            let isAgreed = Self.agrees(unit, takesAny: takesAny, isAsked: isAsked)
            guard takesAny || isAsked || isAgreed else { return Self.refusal(bytes) }
            expected = isAgreed ? .frames : .nothing
            return .message(UpgradeResponse.self, length: length)
        }
    }
    mutating func heard(_ type: any Message.Type, _ bytes: RawSpan) {
        if type == Upgrade.self { isAsked = true }
        // After a response that does not upgrade, the client may ask again.
        if type == UpgradeResponse.self, !Self.agrees(bytes, takesAny: takesAny, isAsked: true) {
            (expected, head) = (.head, HeadEnd())
        }
    }
    /// Returns true if a request asks for WebSocket. A malformed request does not.
    private static func asks(_ bytes: RawSpan) -> Bool {
        var request = Upgrade()
        guard request.read(borrowing: bytes) else { return false }
        return HeaderList(request.headers, from: 0, in: bytes).lists("upgrade", "websocket")
    }
    /// Returns true if a response agrees to WebSocket: its status is 101, and its Upgrade field names WebSocket.
    /// `isAsked`: that field may be missing, which is a fault. `takesAny`: the field is ignored.
    private static func agrees(_ bytes: RawSpan, takesAny: Bool, isAsked: Bool) -> Bool {
        var response = UpgradeResponse()
        guard response.read(borrowing: bytes), response.status.string(in: bytes) == "101" else { return false }
        return takesAny || Agreement.isWebSocket(response, in: bytes) ?? isAsked
    }
    private static func refusal(_ bytes: RawSpan) -> FramingResult {
        .refused(WireError(reason: .illegal, path: "", offset: 0, had: UInt64(byte(bytes, 0) ?? 0)))
    }
    private func frame(_ bytes: RawSpan) -> FramingResult {
        switch FoundFrame(bytes, limit: limits.frame) {
        case .needMore(let missing): .needMore(missing)
        case .refused(let error): .refused(error)
        case .frame(_, let payload): .message(Frame.self, length: payload.upperBound)
        }
    }
    func announced(by bytes: RawSpan) -> Announcement? {
        if expected == .frames { return FoundFrame.announced(by: bytes) }
        guard expected == .head, bytes.byteCount >= 5 else { return nil }
        return Announcement(Self.starts(bytes, with: "HTTP/") ? UpgradeResponse.self : Upgrade.self, length: nil)
    }
    /// Returns nil, because the two bytes that identify a frame are too few to find one.
    func resync(_ bytes: RawSpan) -> Int? { nil }

    /// Returns true if the bytes can be the start of a request or response: a prefix of `GET ` or `HTTP/`.
    private static func mayBeHead(_ bytes: RawSpan) -> Bool {
        starts(bytes, with: "GET ") || starts(bytes, with: "HTTP/")
    }
    static func starts(_ bytes: RawSpan, with text: StaticString) -> Bool {
        let wanted = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        return (0..<min(wanted.count, bytes.byteCount)).allSatisfy { byte(bytes, $0) == wanted[$0] }
    }
    private static func byte(_ bytes: RawSpan, _ at: Int) -> UInt8? {
        at < bytes.byteCount ? bytes.unsafeLoad(fromUncheckedByteOffset: at, as: UInt8.self) : nil
    }
}
