public import Node

/// An identity without a key, for virtual time.
public struct PlainIdentity: TransportIdentity {
    public let fingerprint: SessionDescription.Fingerprint

    /// Creates an identity with a random fingerprint.
    public init(_ random: inout Random) {
        let digits = random.bytes(32).map { byte in
            let text = String(byte, radix: 16, uppercase: true)
            return byte < 16 ? "0" + text : text
        }
        fingerprint = .init(hash: "sha-256", value: digits.joined(separator: ":"))
    }
    public func transport(
        isClient: Bool, to fingerprint: SessionDescription.Fingerprint, port: UInt16, random: Random
    ) -> (any ChannelTransport)? {
        PlainTransport(isClient: isClient, own: self.fingerprint, to: fingerprint)
    }
}

/// A stand-in for DTLS and SCTP in virtual time: a handshake that compares fingerprints, then messages in order, without
/// encryption. Lost datagrams are sent again (go-back-N). Its datagrams are no DTLS, and only this program reads them.
///
/// A datagram is a byte in the range of DTLS (RFC 7983), a byte for its kind, and its content.
struct PlainTransport: ChannelTransport {
    private enum Kind: UInt8 {
        case hello = 1
        case welcome, data, acknowledgement, bye
    }
    /// A message, or the end of a stream if it has no payload type.
    private struct Item {
        var stream: UInt16
        var payload: UInt32
        var isReset = false
        var bytes: [UInt8]
    }
    private enum Stage { case waiting, greeting, open, ended }
    static let marker: UInt8 = 63
    private static let retransmission = Duration.milliseconds(200)
    /// The number of retransmissions without an answer after which the connection is given up.
    private static let patience = 20
    private static let window = 32
    /// The maximum number of bytes that wait.
    private static let room = 1 << 20

    private let isClient: Bool
    private let own: SessionDescription.Fingerprint
    private let expected: SessionDescription.Fingerprint
    private var stage = Stage.waiting
    private var datagrams: [[UInt8]] = []
    private var events: [TransportEvent] = []
    /// The items that are not acknowledged, from number `first` on.
    private var items: [Item] = []
    private var waiting = 0
    private var first: UInt32 = 0
    private var sent = 0
    /// The number of the next item of the other side.
    private var next: UInt32 = 0
    private var due: Instant?
    private var tries = 0

    init(
        isClient: Bool, own: SessionDescription.Fingerprint, to expected: SessionDescription.Fingerprint
    ) { (self.isClient, self.own, self.expected) = (isClient, own, expected) }

    func deadline(now: Instant) -> Instant? { stage == .waiting ? now : due }
    mutating func takeDatagrams() -> [[UInt8]] {
        defer { datagrams = [] }
        return datagrams
    }
    mutating func takeEvents() -> [TransportEvent] {
        defer { events = [] }
        return events
    }
    mutating func wake(now: Instant) {
        switch stage {
        case .waiting:
            stage = .greeting
            if isClient { greet(now) }
        case .greeting where due.map { $0 <= now } == true: retry(now) { $0.greet(now) }
        case .open where due.map { $0 <= now } == true: retry(now) { $0.sendAgain(now) }
        default: break
        }
    }
    private mutating func retry(_ now: Instant, _ body: (inout Self) -> Void) {
        tries += 1
        guard tries < Self.patience else { return over("the other side does not answer") }
        body(&self)
    }
    private mutating func greet(_ now: Instant) {
        say(.hello, Array(own.value.utf8))
        due = now + Self.retransmission
    }
    private mutating func say(_ kind: Kind, _ content: [UInt8]) {
        datagrams.append([Self.marker, kind.rawValue] + content)
    }
    private mutating func over(_ why: String) {
        guard stage != .ended else { return }
        (stage, due) = (.ended, nil)
        events.append(.ended(why))
    }

    mutating func receive(_ datagram: RawSpan, now: Instant) {
        let bytes = datagram.withUnsafeBytes { [UInt8]($0) }
        guard stage != .ended, bytes.count >= 2, bytes[0] == Self.marker, let kind = Kind(rawValue: bytes[1]) else {
            return
        }
        let content = bytes[2...]
        switch kind {
        case .hello where !isClient:
            guard isOpened(by: content) else { return }
            say(.welcome, Array(own.value.utf8))
        case .welcome where isClient: _ = isOpened(by: content)
        case .data where stage == .open: take(content, now)
        case .acknowledgement where stage == .open: acknowledge(content, now)
        case .bye: over("the other side closed the connection")
        default: break
        }
    }
    private mutating func isOpened(by content: ArraySlice<UInt8>) -> Bool {
        guard content.elementsEqual(expected.value.utf8) else {
            over("the certificate of the other side has another fingerprint than its SDP")
            return false
        }
        if stage != .open {
            (stage, due, tries) = (.open, nil, 0)
            events += [.secured("plain"), .associated]
        }
        return true
    }

    // MARK: - Messages

    mutating func send(
        _ message: [UInt8], stream: UInt16, payload: UInt32, delivery: Delivery, now: Instant
    ) -> Sending {
        guard stage == .open, stream < TransportLimits.streams else { return .refused }
        guard waiting + message.count <= Self.room || items.isEmpty else { return .full }
        add(Item(stream: stream, payload: payload, bytes: message), now)
        return .sent
    }
    mutating func reset(stream: UInt16, now: Instant) -> Bool {
        guard stage == .open else { return false }
        add(Item(stream: stream, payload: 0, isReset: true, bytes: []), now)
        events.append(.reset(stream: stream, isOurs: true))
        return true
    }
    mutating func end(now: Instant) {
        if stage == .open { say(.bye, []) }
        over("this side closed the connection")
    }
    private mutating func add(_ item: Item, _ now: Instant) {
        items.append(item)
        waiting += item.bytes.count
        flush(now)
    }
    private mutating func flush(_ now: Instant) {
        while sent < min(items.count, Self.window) {
            let item = items[sent]
            var content = Self.bytes(first &+ UInt32(sent), 4)
            content += [item.isReset ? 1 : 0] + Self.bytes(UInt32(item.stream), 2) + Self.bytes(item.payload, 4)
            say(.data, content + item.bytes)
            sent += 1
        }
        due = sent > 0 ? due ?? now + Self.retransmission : nil
    }
    private mutating func sendAgain(_ now: Instant) {
        (sent, due) = (0, nil)
        flush(now)
    }
    private mutating func acknowledge(_ content: ArraySlice<UInt8>, _ now: Instant) {
        guard content.count == 4 else { return }
        let count = Int(Self.number(content) &- first)
        guard count > 0, count <= sent else { return }
        waiting -= items[..<count].reduce(0) { $0 + $1.bytes.count }
        items.removeFirst(count)
        (first, sent, due, tries) = (first &+ UInt32(count), sent - count, nil, 0)
        flush(now)
    }
    private mutating func take(_ content: ArraySlice<UInt8>, _ now: Instant) {
        guard content.count >= 11 else { return }
        let at = content.startIndex
        if Self.number(content[at..<at + 4]) == next {
            next &+= 1
            let stream = UInt16(truncatingIfNeeded: Self.number(content[at + 5..<at + 7]))
            if content[at + 4] == 1 {
                events.append(.reset(stream: stream, isOurs: false))
            } else {
                let payload = Self.number(content[at + 7..<at + 11])
                events.append(.message(stream: stream, payload: payload, Array(content[(at + 11)...]), isEnd: true))
            }
        }
        say(.acknowledgement, Self.bytes(next, 4))
    }
    private static func bytes(_ number: UInt32, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> UInt32(8 * (count - 1 - $0))) }
    }
    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }
}
