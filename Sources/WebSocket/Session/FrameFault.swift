/// What the header of a frame breaks, by itself or where it stands among others (RFC 6455, section 5).
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

    /// What an endpoint says to the other side about it.
    var failure: ConnectionFailure {
        switch self {
        case .frameTooBig: ConnectionFailure(.tooBig, text)
        case .tooManyFragments: ConnectionFailure(.policyViolation, text)
        default: ConnectionFailure(.protocolError, text)
        }
    }
    /// In a line, for people.
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
