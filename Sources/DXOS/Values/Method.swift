import Wire

/// A method of the signaling service, or of the bus between hosts.
enum Method: String, CaseIterable, Sendable {
    case join = "Join"
    case receiveMessages = "ReceiveMessages"
    case sendMessage = "SendMessage"
    /// Of the bus, which is ours and not of DXOS.
    case subscribe = "Subscribe"

    /// The signaling service's full name.
    static let service = "dxos.mesh.signal.Signal"
    /// That of the bus.
    static let busService = "meshspec.bus.Bus"
    /// That of its service.
    var service: String { self == .subscribe ? Self.busService : Self.service }
    /// As requests name it.
    var fullName: String { service + "." + rawValue }
    /// Whether it gives many answers.
    var isStream: Bool { self != .sendMessage }
    /// What it gives.
    var answer: TypeName {
        switch self {
        case .join: .swarmEvent
        case .receiveMessages: .message
        case .sendMessage: .empty
        // As the topic has it.
        case .subscribe: .swarmEvent
        }
    }
    /// What it takes.
    var argument: TypeName {
        switch self {
        case .join: .joinRequest
        case .receiveMessages: .receptionRequest
        case .sendMessage: .message
        case .subscribe: .busSubscription
        }
    }
    /// The method of this full name; nil: there is none.
    init?(name: RawSpan) {
        switch name.byteCount {
        case 28 where name.isText("dxos.mesh.signal.Signal.Join"): self = .join
        case 39 where name.isText("dxos.mesh.signal.Signal.ReceiveMessages"): self = .receiveMessages
        case 35 where name.isText("dxos.mesh.signal.Signal.SendMessage"): self = .sendMessage
        case 26 where name.isText("meshspec.bus.Bus.Subscribe"): self = .subscribe
        default: return nil
        }
    }
}
