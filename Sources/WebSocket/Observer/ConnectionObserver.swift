import Node
import Wire

/// Looks on while two ends of a WebSocket connection talk, and says which frames break a rule of RFC 6455, section 5:
/// each by itself, and in the order of the frames of its side.
struct ConnectionObserver: Observer {
    private var us = Side(.client)
    private var them = Side(.server)
    private var handshake = HandshakeWatch()

    fileprivate struct Side {
        var reader: MessageReader
        /// Frames were not seen: whether a message is under way is not known before the next one begins.
        var isUnsure = false
        init(_ role: Role) {
            // Whether compression was agreed is not known from one message alone: RSV1 is taken as lawful.
            reader = MessageReader(from: role, Limits(), DeflateParameters(), checksText: false)
        }
    }

    mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {
        if type != Frame.self { return isGood ? handshake.observe(type, bytes, into: &findings) : () }
        guard isGood, type == Frame.self, case .message(let header, _) = FrameHeader.prefix(of: bytes) else { return }
        if sender == .us { us.observe(header, into: &findings) } else { them.observe(header, into: &findings) }
    }
    mutating func miss() {
        us.miss()
        them.miss()
        handshake.miss()
    }
}

extension ConnectionObserver.Side {
    fileprivate mutating func observe(_ header: FrameHeader, into findings: inout [Finding]) {
        if isUnsure, !header.opcode.isControl {
            isUnsure = false
            // The rest of a message whose beginning was not seen.
            if header.opcode == .continuation { reader.assume(.binary) }
        }
        if let fault = reader.fault(of: header), let rule = WebSocketRule(fault) {
            findings.append(Finding(.violation, of: rule, path: rule.path(of: fault), fault.text))
        }
        reader.note(header)
    }
    fileprivate mutating func miss() {
        reader.drop()
        isUnsure = true
    }
}
