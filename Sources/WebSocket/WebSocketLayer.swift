public import Node
import Wire

/// A decoder of both directions of a WebSocket connection: the heads of the upgrade, then frames. It passes on whole
/// messages. An unmasked message in one frame is lent; other messages are unmasked, inflated and joined. Control frames
/// carry nothing.
///
/// `us` is the client. The channel `first` begins with a response that upgrades, and speaks target and subprotocol
/// (`Agreement.speaks`). Each side ends it with a Close frame. A frame that breaks a rule is still a unit, but it
/// carries nothing, and neither does the rest of its message. Messages without a reader are neither unmasked nor
/// inflated.
public struct WebSocketLayer: Layer {
    private let limits: Limits
    /// True for captures. Then all HTTP exchanges are read, and only an upgrade to WebSocket counts as an upgrade.
    private let followsHTTP: Bool
    private var head = (us: HeadEnd(), them: HeadEnd())
    /// The target of the request; nil before it.
    private var target: String?
    private var agreed: Agreement?
    /// True if bytes were missing.
    private var isLost = false
    /// True if the request cannot be read, because bytes of it are missing or malformed. A response then needs no
    /// request, and the client's first frame follows the head of that request.
    private var lacksRequest = false
    /// True if bytes of the client were read, or are missing.
    private var hasMetClient = false
    /// True if bytes of the server are missing that may be its response.
    private var lacksResponse = false
    /// The protocol that the connection carries if its beginning is missing.
    private var assumed: String?
    /// True if a message could not be inflated.
    private var hasGarbage = false
    /// True if a final response was read, whatever it answers.
    private var isAnswered = false
    /// True if the bytes after the heads are not read: the response upgrades to another protocol, or lasts to the end.
    private var isRefused = false
    /// The content that follows the last head of a side.
    private var body = (us: BodyFraming.none, them: BodyFraming.none)
    /// The method of the request. The response to HEAD has no content, and neither has one that grants CONNECT.
    private var method = ""
    /// True if a proxy has granted CONNECT and the client has sent nothing since.
    private var isTunnel = false
    /// True if the request does not ask for an upgrade.
    private var isPlain = false
    private var readers: (us: MessageReader, them: MessageReader)

    /// Creates a decoder of a new connection.
    public init(_ limits: Limits = Limits(), followsHTTP: Bool = true) {
        (self.limits, self.followsHTTP) = (limits, followsHTTP)
        readers = Self.readers(limits, nil)
    }
    private static func readers(
        _ limits: Limits, _ deflate: DeflateParameters?
    ) -> (us: MessageReader, them: MessageReader) {
        (
            MessageReader(from: .client, limits, deflate, checksText: false),
            MessageReader(from: .server, limits, deflate, checksText: false)
        )
    }

    public mutating func next(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        if agreed != nil { return frame(bytes, from: side, into: &output) }
        hasMetClient = hasMetClient || side == .us
        if isRefused {
            return .refused(WireError(reason: .trailing, path: "", offset: 0, had: UInt64(bytes.byteCount)))
        }
        if (side == .us ? body.us : body.them) != .none { return content(bytes, from: side) }
        if isTunnel, side == .us, bytes.byteCount > 0 {
            // The type of a record of TLS with a handshake. No method of HTTP begins with it.
            if bytes.unsafeLoad(as: UInt8.self) == 0x16 { return .becomes(LayerStack.startTLS) }
            isTunnel = false
        }
        if presumed != nil, let step = presume(bytes, from: side, into: &output) { return step }
        if side == .us ? target != nil : target == nil && !lacksRequest { return .waits }
        let end =
            side == .us ? head.us.find(bytes, limit: limits.head) : head.them.find(bytes, limit: limits.head)
        switch end {
        case .needMore: return .needMore(1)
        case .tooLong: return refuse(side, HeadEnd.tooLong(limits.head))
        case .bareLF(let offset):
            guard followsHTTP, side == .us else { return refuse(side, HeadEnd.bareLF(offset)) }
            // The server may accept such a request and upgrade.
            guard let end = HeadEnd.lenient(bytes, limit: limits.head) else {
                return bytes.byteCount < limits.head ? .needMore(1) : refuse(side, HeadEnd.bareLF(offset))
            }
            return ask(bytes.extracting(0..<end))
        case .head(let length):
            let unit = bytes.extracting(0..<length)
            return side == .us ? ask(unit) : answer(unit, into: &output)
        }
    }
    /// Refuses a head whose end is not known.
    private mutating func refuse(_ side: Opener, _ error: WireError) -> LayerStep {
        if side == .us { (head.us, lacksRequest) = (HeadEnd(), followsHTTP) } else { head.them = HeadEnd() }
        return .refused(error)
    }
    private mutating func ask(_ unit: RawSpan) -> LayerStep {
        var request = Upgrade()
        guard request.read(borrowing: unit) else {
            guard followsHTTP else { return Self.refusal(of: Upgrade.self, unit) }
            // The server may accept what the description refuses. The target is known if the first line has one.
            (head.us, lacksRequest, isPlain) = (HeadEnd(), true, false)
            target = Self.target(of: unit)
            return .unit(Upgrade.self, length: unit.byteCount)
        }
        lacksRequest = false
        target = request.target.string(in: unit)
        method = request.method.string(in: unit)
        let headers = HeaderList(request.headers, from: 0, in: unit)
        (head.us, body.us) = (HeadEnd(), BodyFraming(headers, isResponse: false))
        isPlain = followsHTTP && !headers.mentionsUpgrade
        return .unit(isPlain ? HTTPRequest.self : Upgrade.self, length: unit.byteCount)
    }
    /// Returns the second word of the first line of a malformed request; "/" if there is none.
    private static func target(of unit: RawSpan) -> String {
        unit.withUnsafeBytes { all in
            let words = all.prefix { $0 != 0x0a && $0 != 0x0d }.split(separator: 0x20, maxSplits: 2)
            return words.count < 2 ? "/" : String(decoding: words[words.startIndex + 1], as: UTF8.self)
        }
    }
    private mutating func answer(_ unit: RawSpan, into output: inout LayerOutput) -> LayerStep {
        var response = UpgradeResponse()
        if response.read(borrowing: unit) {
            take(response, in: unit, into: &output)
        } else if followsHTTP, let mended = StatusLine.mended(unit), response.read(borrowing: mended.span.bytes) {
            // The response is malformed, but the client may accept it.
            take(response, in: mended.span.bytes, into: &output)
        } else {
            return Self.refusal(of: UpgradeResponse.self, unit)
        }
        return .unit(isPlain && agreed == nil ? HTTPResponse.self : UpgradeResponse.self, length: unit.byteCount)
    }
    /// Applies a response, whose bytes are in `unit`.
    private mutating func take(_ response: UpgradeResponse, in unit: RawSpan, into output: inout LayerOutput) {
        let isForeign = followsHTTP && Agreement.isWebSocket(response, in: unit) == false
        agreed = isForeign ? nil : Agreement(target: target ?? "/", response, in: unit)
        head.them = HeadEnd()
        let status = response.status.string(in: unit)
        if let agreed {
            readers = Self.readers(limits, agreed.deflate)
            if target == nil {
                output.remark = "the request was not seen, so the protocol above is unknown if no subprotocol names it"
            }
            output.append(.begins(.first, by: .us, speaks: agreed.speaks))
        } else if status == "101" || !followsHTTP {
            isRefused = true
            output.append(.becomes(""))
        } else if !status.hasPrefix("1") {
            // The client may ask again. After an interim response, the final response is still missing.
            (target, lacksRequest, isAnswered) = (nil, isLost, true)
            isTunnel = method == "CONNECT" && status.hasPrefix("2")
            let isEmpty = method == "HEAD" || status == "204" || status == "304" || isTunnel
            body.them = isEmpty ? .none : BodyFraming(HeaderList(response.headers, from: 0, in: unit), isResponse: true)
            if body.them == .rest {
                isRefused = true
                output.append(.becomes(""))
            }
        }
    }
    /// Finds a piece of the content after a head that upgrades nothing.
    private mutating func content(_ bytes: RawSpan, from side: Opener) -> LayerStep {
        switch (side == .us ? body.us : body.them).next(bytes) {
        case .needMore(let count): return .needMore(count)
        case .refused(let error): return .refused(error)
        case .piece(let count, let next):
            if side == .us { body.us = next } else { body.them = next }
            return .unit(HTTPBody.self, length: count)
        }
    }
    private static func refusal<M: Message>(of type: M.Type, _ unit: RawSpan) -> LayerStep {
        .refused(M.check(unit) ?? WireError(reason: .unexplained, path: "", offset: 0, had: UInt64(unit.byteCount)))
    }

    private mutating func frame(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep {
        switch FoundFrame(bytes, limit: limits.frame) {
        case .needMore(let missing): return .needMore(missing)
        case .refused(let error): return .refused(error)
        case .frame(let header, let payload):
            var tellsGarbage = followsHTTP && !isLost && !hasGarbage
            defer { hasGarbage = hasGarbage || followsHTTP && !isLost && !tellsGarbage }
            if side == .us {
                lacksRequest = false
                Self.carry(
                    header, in: bytes, payload: payload, from: side, tellsGarbage: &tellsGarbage, with: &readers.us,
                    into: &output)
            } else {
                Self.carry(
                    header, in: bytes, payload: payload, from: side, tellsGarbage: &tellsGarbage, with: &readers.them,
                    into: &output)
            }
            return .unit(Frame.self, length: payload.upperBound)
        }
    }
    /// Passes on the message data of a frame.
    private static func carry(
        _ header: FrameHeader, in bytes: RawSpan, payload: Range<Int>, from side: Opener, tellsGarbage: inout Bool,
        with reader: inout MessageReader, into output: inout LayerOutput
    ) {
        guard reader.fault(of: header) == nil else {
            reader.drop()
            return output.append(.drops(.first))
        }
        if header.opcode == .close { return output.append(.ends(.first, by: side)) }
        if header.opcode.isControl { return }
        guard output.isRead else { return reader.note(header) }
        if header.fin == 1, header.opcode != .continuation, header.maskingKey == nil, header.rsv1 == 0 {
            output.append(.lent(.first, payload))
            return output.append(.whole(.first, kind: header.opcode.rawValue))
        }
        let before = output.made.count
        var isCompressed = false
        reader.resume(&output.made)
        do throws(ConnectionFailure) {
            if let failure = reader.begin(header, output.made) { throw failure }
            isCompressed = reader.isCompressed
            let failure = reader.add(bytes.extracting(payload), header.maskingKey, at: 0, into: &output.made)
            if let failure { throw failure }
            guard let message = try reader.end(header, into: &output.made) else {
                reader.suspend(&output.made)
                return output.append(.made(.first, output.made.count..<output.made.count, unit: payload))
            }
            output.append(.made(.first, message.range, unit: payload))
            output.append(.whole(.first, kind: message.opcode.rawValue))
        } catch {
            reader.drop()
            // After missing bytes, data that refers to them cannot be inflated.
            var refusal: WireError?
            if isCompressed, error.code == .invalidPayload, tellsGarbage {
                // Later messages may refer to this one.
                tellsGarbage = false
                refusal = WireError(
                    reason: .illegal, path: "payload", offset: payload.lowerBound,
                    legal: LegalValue(wanted: "compressed data", had: "other bytes"))
            }
            output.append(.drops(.first, refusal))
            output.made.removeLast(output.made.count - before)
        }
    }
    public var memory: Int { readers.us.memory &+ readers.them.memory }
    public mutating func lose(_ side: Opener) {
        isLost = true
        if side == .us { readers.us.lose() } else { readers.them.lose() }
        defer { hasMetClient = hasMetClient || side == .us }
        guard agreed == nil else {
            // A capture may begin with the response. Then the first bytes of the client are a frame.
            if side == .us, hasMetClient { lacksRequest = false }
            return
        }
        (lacksRequest, isPlain) = (lacksRequest || target == nil, isPlain && side == .them)
        if side == .us { (head.us, body.us) = (HeadEnd(), .none) } else { (head.them, body.them) = (HeadEnd(), .none) }
        lacksResponse = lacksResponse || side == .them
    }
    /// True if bytes of the server are missing and no upgrade is known: its response decides how all frames are read.
    public var isBlind: Bool { lacksResponse && agreed == nil && presumed == nil }
    /// Returns what the header of a frame, or the start of a head, announces.
    public func announced(by bytes: RawSpan, from side: Opener) -> Announcement? {
        if agreed != nil { return FoundFrame.announced(by: bytes) }
        switch side == .us ? body.us : body.them {
        case .none where side == .us: return Announcement(Upgrade.self, length: nil)
        case .none: return Announcement(isPlain ? HTTPResponse.self : UpgradeResponse.self, length: nil)
        case .count(let left): return Announcement(HTTPBody.self, length: min(left, BodyFraming.pieceLimit))
        case .chunks, .rest: return Announcement(HTTPBody.self, length: nil)
        }
    }
    /// Returns the offset after the head of a request that cannot be read.
    public func resync(_ bytes: RawSpan) -> Int? { lacksRequest ? HeadEnd.lenient(bytes, limit: bytes.byteCount) : nil }
    /// Returns true for the head of a request or response, and for frames that fill the bytes, which end where a segment
    /// ends. Such frames also begin a connection whose upgrade is missing (`presumed`).
    public func mayResume(at bytes: RawSpan, from side: Opener) -> Bool {
        if agreed == nil, StreamFraming.starts(bytes, with: side == .us ? "GET " : "HTTP/") { return true }
        guard agreed != nil || presumed != nil else { return false }
        return FoundFrame.fill(bytes, side == .us ? readers.us : readers.them, mayCompress: agreed == nil)
    }
    public var resumesAtSegments: Bool { isLost }
    /// True until a response upgrades the connection, or a response to a request without an upgrade is complete.
    public var isOpening: Bool { agreed == nil && !isRefused && (target != nil || !isAnswered) }
    public var lacksName: Bool { agreed != nil && target == nil }
    public mutating func assume(_ speaks: String) { assumed = speaks }
    /// The protocol or target of a connection whose response is missing, so that its first frames decide that it was
    /// upgraded; nil if nothing is known of it.
    private var presumed: String? { target == nil ? assumed : lacksResponse ? target : nil }
    /// Takes the connection for upgraded if a frame begins here.
    private mutating func presume(_ bytes: RawSpan, from side: Opener, into output: inout LayerOutput) -> LayerStep? {
        guard let presumed, !StreamFraming.starts(bytes, with: side == .us ? "GET " : "HTTP/") else { return nil }
        let reader = side == .us ? readers.us : readers.them
        guard case .frame(_, let payload) = FoundFrame(bytes, limit: limits.frame) else {
            let mayBegin = FoundFrame.fill(bytes, reader, mayCompress: true)
            return mayBegin ? frame(bytes, from: side, into: &output) : nil
        }
        // Later frames may break rules.
        let first = bytes.extracting(0..<payload.upperBound)
        guard FoundFrame.fill(first, reader, mayCompress: true) else { return nil }
        agreed = Agreement(target: presumed)
        let unseen = target == nil ? "the upgrade" : "the answer to the upgrade"
        output.remark = "\(unseen) was not seen, so subprotocol and compression are unknown"
        output.append(.begins(.first, by: .us, speaks: presumed))
        return frame(bytes, from: side, into: &output)
    }
}
