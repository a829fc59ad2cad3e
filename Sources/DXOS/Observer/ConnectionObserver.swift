import Node
import Wire

/// A passive observer of a client's calls to a server. It reports answers that fit no call, by the ids of the
/// connection.
struct ConnectionObserver: Observer {
    private enum Call {
        case unary
        case stream
        /// A stream that its caller closed, with the time.
        case closing(Instant)
        /// A unary call that was answered, or a stream that the server ended.
        case over(wasStream: Bool)
    }
    private var calls: [Int32: Call] = [:]
    private var lastID: Int32?
    /// True if some messages were not seen.
    private var isUnsure = false
    /// The maximum number of calls that are kept; further ones are not judged.
    private static let limit = 1 << 16
    /// The time during which messages may still arrive on a closed stream (SIG-34).
    private static let closing = Duration.milliseconds(500)

    mutating func miss() { isUnsure = true }

    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        guard isGood else { return }
        switch (type, sender) {
        case (is Request.Type, .us): request(bytes, into: &findings)
        case (is Response.Type, .them): response(bytes, time, into: &findings)
        case (is StreamClose.Type, .us):
            var close = StreamClose()
            guard close.read(borrowing: bytes) else { return }
            let id = close.streamClose?.id ?? 0
            if case .stream = calls[id] { calls[id] = .closing(time) }
        case (is Keepalive.Type, .them):
            findings.append(Finding(.violation, of: DXOSRule.sig17, path: "", "a server sends a text"))
        default: break
        }
    }
    private mutating func request(_ bytes: RawSpan, into findings: inout [Finding]) {
        var message = Request()
        guard message.read(borrowing: bytes), let request = message.request else { return }
        let id = request.id ?? 0
        let isOpen = if case .over? = calls[id] { false } else { calls[id] != nil }
        if isOpen {
            finding(.sig39, "request.id", "the call \(id) is not over", into: &findings)
        } else if !isUnsure, id != lastID.map({ $0 &+ 1 }) ?? 0 {
            let before = lastID.map { "behind \($0)" } ?? "first"
            finding(.sig39, "request.id", "the id \(id) comes \(before)", into: &findings)
        }
        lastID = id
        guard calls.count < Self.limit || calls[id] != nil else { return isUnsure = true }
        calls[id] = request.stream ?? false ? .stream : .unary
    }
    private mutating func response(_ bytes: RawSpan, _ time: Instant, into findings: inout [Finding]) {
        var message = Response()
        guard message.read(borrowing: bytes), let response = message.response else { return }
        let id = response.id ?? 0
        let isEnd = response.error != nil || response.close ?? false
        switch calls[id] {
        // A request that was not seen may have this id.
        case nil where isUnsure: return
        case nil: finding(.sig25, "response.id", "no request has the ID \(id)", into: &findings)
        case .unary where response.payload == nil && response.error == nil:
            if response.streamReady != nil || response.close != nil {
                finding(.sig26, "response", "the call \(id) is no stream", into: &findings)
            } else {
                finding(.sig25, "response", "neither payload nor error", into: &findings)
                calls[id] = .over(wasStream: false)
            }
        case .unary: calls[id] = .over(wasStream: false)
        case .stream: if isEnd { calls[id] = .over(wasStream: true) }
        case .closing(let since):
            if isEnd {
                calls[id] = .over(wasStream: true)
            } else if response.payload != nil, time - since > Self.closing {
                finding(.sig34, "response.id", "the stream \(id) was closed \(time - since) before", into: &findings)
            }
        case .over(let wasStream):
            finding(wasStream ? .sig34 : .sig26, "response.id", "the call \(id) is over", into: &findings)
        }
    }
    /// Reports a violation, or a warning if a message that was not seen may explain it.
    private func finding(_ rule: DXOSRule, _ path: String, _ text: String, into findings: inout [Finding]) {
        let severity = isUnsure ? min(.warning, rule.severity) : rule.severity
        findings.append(Finding(severity, of: rule, path: path, text + (isUnsure ? ", in what was seen" : "")))
    }
}
