/// A fault in the header of a frame, by itself or in the order of frames (RFC 6455, section 5).
enum FrameFault: Hashable, Sendable {
    case reservedBit
    case reservedOpcode(Opcode)
    case unmaskedFromClient
    case maskedFromServer
    case lengthNotShortest
    case compressedWhereNotAllowed
    case fragmentedControl
    case longControl
    case continuationOfNothing
    case messageInsideMessage
    case frameTooBig(UInt64)
    case tooManyFragments

    /// The failure that an endpoint reports to the peer.
    var failure: ConnectionFailure {
        switch self {
        case .frameTooBig: ConnectionFailure(.tooBig, text)
        case .tooManyFragments: ConnectionFailure(.policyViolation, text)
        default: ConnectionFailure(.protocolError, text)
        }
    }
    /// The fault in one line, for people.
    var text: String {
        switch self {
        case .reservedBit: "a reserved bit is set"
        case .reservedOpcode(let opcode): "reserved opcode \(opcode.rawValue)"
        case .unmaskedFromClient: "frame of a client without a mask"
        case .maskedFromServer: "masked frame of a server"
        case .lengthNotShortest: "length not in its shortest form"
        case .compressedWhereNotAllowed: "RSV1 where nothing can be compressed"
        case .fragmentedControl: "fragmented control frame"
        case .longControl: "control frame of more than 125 bytes"
        case .continuationOfNothing: "continuation of nothing"
        case .messageInsideMessage: "message inside a message"
        case .frameTooBig(let count): "frame of \(count) bytes"
        case .tooManyFragments: "too many fragments"
        }
    }
}
