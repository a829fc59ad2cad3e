import Wire

/// The content of a Close frame (RFC 6455, section 5.5.1).
public struct ClosePayload: Hashable, Sendable {
    /// The close code; `noStatus` if the frame is empty.
    public var code: CloseCode
    /// The reason in UTF-8, at most 123 bytes.
    public var reason: [UInt8]

    /// Creates the content of a Close frame to send.
    public init(_ code: CloseCode, _ reason: String = "") {
        self.code = code
        var bytes = Array(reason.utf8.prefix(123))
        // Do not cut inside a character.
        while !bytes.isEmpty, String(validating: bytes, as: UTF8.self) == nil { bytes.removeLast() }
        self.reason = bytes
    }
    /// Reads the payload of a Close frame. Throws if it is invalid.
    init(_ payload: [UInt8]) throws(ConnectionFailure) {
        guard !payload.isEmpty else {
            (code, reason) = (.noStatus, [])
            return
        }
        guard payload.count > 1 else { throw ConnectionFailure(.protocolError, "Close frame of 1 byte") }
        code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        reason = Array(payload[2...])
        guard code.maySend else { throw ConnectionFailure(.protocolError, "close code \(code.rawValue)") }
        var text = UTF8Validator()
        guard text.accepts(reason.span.bytes), text.isComplete else {
            throw ConnectionFailure(.invalidPayload, "reason of a Close frame that is not UTF-8")
        }
    }
    /// Describes how the payload of a Close frame breaks sections 5.5.1 and 7.4; nil if an endpoint may send it.
    static func fault(of payload: [UInt8]) -> String? {
        guard !payload.isEmpty else { return nil }
        guard payload.count > 1 else { return "Close frame of 1 byte" }
        let code = CloseCode(rawValue: UInt16(payload[0]) << 8 | UInt16(payload[1]))
        if code.isNeverSent { return "Close frame with code \(code.rawValue), which no endpoint may send" }
        let reason = Array(payload[2...])
        var text = UTF8Validator()
        guard text.accepts(reason.span.bytes), text.isComplete else {
            return "Close frame with a reason that is not UTF-8"
        }
        return nil
    }
    /// The payload of the frame.
    var bytes: [UInt8] {
        if code == .noStatus { return [] }
        return [UInt8(code.rawValue >> 8), UInt8(code.rawValue & 0xff)] + reason
    }
}
