import Node

/// The requirements that a passive observer judges. The raw value has the id, a colon, and a description of the
/// violation.
enum WebSocketRule: String, ObservedRule {
    case ws02 = "WS-02: a Sec-WebSocket-Accept that is not the one for the key of the request"
    case ws03 = "WS-03: 101 in answer to a request without GET, Host, Connection, key or version"
    case ws04 = "WS-04: 101 in answer to a request for another version than 13"
    case ws05 = "WS-05: a request without GET, Host, Connection, a key of 16 bytes or a version"
    case ws08 = "WS-08: a masked frame of a server"
    case ws09 = "WS-09: a frame of a client without a mask"
    case ws13 = "WS-13: a length not in its shortest form"
    case ws27 = "WS-27: a reserved bit or opcode, or RSV1 in a control frame or continuation"
    case ws28 =
        "WS-28: a control frame in fragments or of more than 125 bytes, a continuation of nothing, a message inside a message"
    case ws38 =
        "WS-38: a Close frame of one byte, with a code that no endpoint may send, or with a reason that is not UTF-8"
    case ws39 = "WS-39: a frame of a message after a Close frame of the same side"
    case ws42 = "WS-42: an extension in the response that the request did not offer"

    /// A warning if the server may speak another version, otherwise a violation.
    var severity: Severity { self == .ws04 ? .warning : .violation }

    /// Returns the rule that a fault breaks; nil for our own limits.
    init?(_ fault: FrameFault) {
        switch fault {
        case .maskedFromServer: self = .ws08
        case .unmaskedFromClient: self = .ws09
        case .lengthNotShortest: self = .ws13
        case .reservedBit, .reservedOpcode, .compressedWhereNotAllowed: self = .ws27
        case .fragmentedControl, .longControl, .continuationOfNothing, .messageInsideMessage: self = .ws28
        case .frameTooBig, .tooManyFragments: return nil
        }
    }
    /// Returns the field of the frame that shows the fault.
    func path(of fault: FrameFault) -> String {
        switch fault {
        case .maskedFromServer, .unmaskedFromClient: "mask"
        case .lengthNotShortest, .longControl: "length"
        case .compressedWhereNotAllowed: "rsv1"
        case .fragmentedControl: "fin"
        case .reservedOpcode, .continuationOfNothing, .messageInsideMessage: "opcode"
        case .reservedBit, .frameTooBig, .tooManyFragments: ""
        }
    }
}
