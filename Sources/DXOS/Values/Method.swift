import Wire

/// A method of the signaling service.
enum Method: String, CaseIterable, Sendable {
    case join = "Join"
    case receiveMessages = "ReceiveMessages"
    case sendMessage = "SendMessage"

    /// The service's full name.
    static let service = "dxos.mesh.signal.Signal"
    /// As requests name it.
    var fullName: String { Self.service + "." + rawValue }
    /// Whether it gives many answers.
    var isStream: Bool { self != .sendMessage }
    /// What it gives.
    var answer: TypeName {
        switch self {
        case .join: .swarmEvent
        case .receiveMessages: .message
        case .sendMessage: .empty
        }
    }
    /// What it takes.
    var argument: TypeName {
        switch self {
        case .join: .joinRequest
        case .receiveMessages: .receptionRequest
        case .sendMessage: .message
        }
    }
    /// The method of this full name; nil: there is none.
    init?(name: RawSpan) {
        switch name.byteCount {
        case 28 where name.isText("dxos.mesh.signal.Signal.Join"): self = .join
        case 39 where name.isText("dxos.mesh.signal.Signal.ReceiveMessages"): self = .receiveMessages
        case 35 where name.isText("dxos.mesh.signal.Signal.SendMessage"): self = .sendMessage
        default: return nil
        }
    }
}
