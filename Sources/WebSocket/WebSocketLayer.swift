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
    /// True if a message could not be inflated.
    private var hasGarbage = false
    /// True if the bytes after the heads are not read: the response upgrades to another protocol, or lasts to the end.
    private var isRefused = false
    /// The content that follows the last head of a side.
    private var body = (us: BodyFraming.none, them: BodyFraming.none)
    /// True if the request was HEAD. Its response has no content.
    private var isHead = false
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
        if isRefused {
            return .refused(WireError(reason: .trailing, path: "", offset: 0, had: UInt64(bytes.byteCount)))
        }
        if (side == .us ? body.us : body.them) != .none { return content(bytes, from: side) }
        if side == .us ? target != nil : target == nil { return .waits }
        let end =
            side == .us ? head.us.find(bytes, limit: limits.head) : head.them.find(bytes, limit: limits.head)
        switch end {
        case .needMore: return .needMore(1)
        case .tooLong: return .refused(HeadEnd.tooLong(limits.head))
        case .bareLF(let offset): return .refused(HeadEnd.bareLF(offset))
        case .head(let length):
            let unit = bytes.extracting(0..<length)
            return side == .us ? ask(unit) : answer(unit, into: &output)
        }
    }
    private mutating func ask(_ unit: RawSpan) -> LayerStep {
        var request = Upgrade()
        guard request.read(borrowing: unit) else { return Self.refusal(of: Upgrade.self, unit) }
        target = request.target.string(in: unit)
        isHead = request.method.string(in: unit) == "HEAD"
        (head.us, body.us) = (HeadEnd(), BodyFraming(HeaderList(request.headers, from: 0, in: unit), isResponse: false))
        return .unit(Upgrade.self, length: unit.byteCount)
    }
    private mutating func answer(_ unit: RawSpan, into output: inout LayerOutput) -> LayerStep {
        var response = UpgradeResponse()
        guard response.read(borrowing: unit) else { return Self.refusal(of: UpgradeResponse.self, unit) }
        let isForeign = followsHTTP && Agreement.isWebSocket(response, in: unit) == false
        agreed = isForeign ? nil : Agreement(target: target ?? "/", response, in: unit)
        head.them = HeadEnd()
        let status = response.status.string(in: unit)
        if let agreed {
            readers = Self.readers(limits, agreed.deflate)
            output.append(.begins(.first, by: .us, speaks: agreed.speaks))
        } else if status == "101" || !followsHTTP {
            isRefused = true
            output.append(.becomes(""))
        } else if !status.hasPrefix("1") {
            // The client may ask again. After an interim response, the final response is still missing.
            target = nil
            let isEmpty = isHead || status == "204" || status == "304"
            body.them = isEmpty ? .none : BodyFraming(HeaderList(response.headers, from: 0, in: unit), isResponse: true)
            if body.them == .rest {
                isRefused = true
                output.append(.becomes(""))
            }
        }
        return .unit(UpgradeResponse.self, length: unit.byteCount)
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
                Self.carry(header, bytes, payload, from: side, tellsGarbage: &tellsGarbage, &readers.us, into: &output)
            } else {
                Self.carry(
                    header, bytes, payload, from: side, tellsGarbage: &tellsGarbage, &readers.them, into: &output)
            }
            return .unit(Frame.self, length: payload.upperBound)
        }
    }
    /// Passes on the message data of a frame.
    private static func carry(
        _ header: FrameHeader, _ bytes: RawSpan, _ payload: Range<Int>, from side: Opener, tellsGarbage: inout Bool,
        _ reader: inout MessageReader, into output: inout LayerOutput
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
    }
    /// True if bytes are missing and no upgrade is known: the heads decide how all frames are read.
    public var isBlind: Bool { isLost && agreed == nil }
    /// Returns true for the head of a request or response, and for a text frame with a JSON object or list, which can
    /// be recognized by itself.
    public func mayResume(at bytes: RawSpan, from side: Opener) -> Bool {
        if agreed == nil { return StreamFraming.starts(bytes, with: side == .us ? "GET " : "HTTP/") }
        guard bytes.byteCount > 1 else { return true }
        let first = bytes.unsafeLoad(as: UInt8.self)
        let isMasked = bytes.unsafeLoad(fromByteOffset: 1, as: UInt8.self) & 0x80 != 0
        guard first == 0x80 | Opcode.text.rawValue, isMasked == (side == .us) else { return false }
        guard case .frame(let header, let payload) = FoundFrame(bytes, limit: limits.frame) else { return true }
        var text: [UInt8] = []
        if let key = header.maskingKey {
            Mask.append(bytes.extracting(payload), key, from: 0, to: &text)
        } else {
            bytes.extracting(payload).withUnsafeBytes { text.append(contentsOf: $0) }
        }
        guard let begin = text.first, let end = text.last else { return false }
        let isJSON = [UInt8(ascii: "{"), UInt8(ascii: "[")].contains(begin) && end == begin &+ 2
        return isJSON && header.isMinimal && String(validating: text, as: UTF8.self) != nil
    }
}
