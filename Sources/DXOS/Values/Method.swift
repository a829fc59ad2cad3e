import Wire

/// A method of the signaling service, or of the bus between hosts.
enum Method: String, CaseIterable, Sendable {
    case join = "Join"
    case receiveMessages = "ReceiveMessages"
    case sendMessage = "SendMessage"
    /// The method of the bus, which belongs to meshspec and not to DXOS.
    case subscribe = "Subscribe"

    /// The full name of the signaling service.
    static let service = "dxos.mesh.signal.Signal"
    /// The full name of the bus service.
    static let busService = "meshspec.bus.Bus"
    /// The full name of the method's service.
    var service: String { self == .subscribe ? Self.busService : Self.service }
    /// The name in requests.
    var fullName: String { service + "." + rawValue }
    /// True if it returns a stream of answers.
    var isStream: Bool { self != .sendMessage }
    /// The type of its result.
    var answer: TypeName {
        switch self {
        case .join: .swarmEvent
        case .receiveMessages: .message
        case .sendMessage: .empty
        // The real type depends on the topic.
        case .subscribe: .swarmEvent
        }
    }
    /// The type of its argument.
    var argument: TypeName {
        switch self {
        case .join: .joinRequest
        case .receiveMessages: .receptionRequest
        case .sendMessage: .message
        case .subscribe: .busSubscription
        }
    }
    /// Creates the method of this full name; nil if the name is unknown.
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
