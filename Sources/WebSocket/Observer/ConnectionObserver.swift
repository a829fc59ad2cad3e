import Node
import Wire

/// A passive observer of both directions of a WebSocket connection. It judges frames by RFC 6455, section 5: each frame
/// by itself, and the order of the frames of a side.
struct ConnectionObserver: Observer {
    private var us = Side(.client)
    private var them = Side(.server)
    private var handshake = HandshakeWatch()

    fileprivate struct Side {
        var reader: MessageReader
        /// True if frames are missing. Then it is unknown if a message has begun, until the next one begins.
        var isUnsure = false
        /// True if this side sent a Close frame.
        var hasClosed = false
        /// True if bytes are missing. After a gap, a part of a payload may look like a frame. Close frames and the
        /// frames after them are not judged any more.
        var isDoubtful = false
        /// `mayCompress` is false if it is known that no extension was agreed. Otherwise RSV1 counts as allowed.
        init(_ role: Role, mayCompress: Bool = true) {
            reader = MessageReader(from: role, Limits(), mayCompress ? DeflateParameters() : nil, checksText: false)
        }
    }

    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        if type != Frame.self {
            if isGood {
                handshake.observe(type, bytes, into: &findings)
                if handshake.hasNoExtension {
                    (us, them) = (Side(.client, mayCompress: false), Side(.server, mayCompress: false))
                }
                return
            }
            // The answer to a request that cannot be read is not judged.
            return type == Upgrade.self ? handshake.drop() : ()
        }
        guard isGood, case .message(let header, let count) = FrameHeader.prefix(of: bytes) else {
            return
        }
        let payload = bytes.extracting(count...)
        if sender == .us {
            us.observe(header, payload, into: &findings)
        } else {
            them.observe(header, payload, into: &findings)
        }
    }
    mutating func miss() {
        us.miss()
        them.miss()
        handshake.miss()
    }
}

extension RawSpan {
    /// Returns a copy of the bytes without the mask, if there is one.
    fileprivate func unmasked(_ key: Fixed<4>?) -> [UInt8] {
        key.map { Mask.copy(self, $0) } ?? withUnsafeBytes { [UInt8]($0) }
    }
}

extension ConnectionObserver.Side {
    fileprivate mutating func observe(_ header: FrameHeader, _ payload: RawSpan, into findings: inout [Finding]) {
        if isUnsure, !header.opcode.isControl {
            isUnsure = false
            // The frame continues a message whose beginning is missing.
            if header.opcode == .continuation { reader.assume(.binary) }
        }
        if let fault = reader.fault(of: header), let rule = WebSocketRule(fault) {
            findings.append(Finding(.violation, of: rule, path: rule.path(of: fault), fault.text))
        }
        reader.note(header)
        if isDoubtful { return }
        if header.opcode == .close {
            hasClosed = true
            if let fault = ClosePayload.fault(of: payload.unmasked(header.maskingKey)) {
                findings.append(Finding(.violation, of: WebSocketRule.ws38, path: "payload", fault))
            }
        } else if hasClosed, header.opcode.isKnown, !header.opcode.isControl {
            findings.append(
                Finding(.violation, of: WebSocketRule.ws39, path: "opcode", "frame of a message after a Close frame"))
        }
    }
    fileprivate mutating func miss() {
        reader.drop()
        (isUnsure, isDoubtful) = (true, true)
    }
}
