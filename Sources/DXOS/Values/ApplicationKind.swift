import Wire

/// The kind of DXOS message in the payload of a message from peer to peer.
enum ApplicationKind: CaseIterable, Sendable {
    case reliable
    case acknowledgement
    case swarmMessage
    /// Another type.
    case unknown

    static let reliableType: StaticString = "dxos.mesh.messaging.ReliablePayload"
    static let acknowledgementType: StaticString = "dxos.mesh.messaging.Acknowledgement"
    static let swarmMessageType: StaticString = "dxos.mesh.swarm.SwarmMessage"

    /// The type in a payload; nil: any other type.
    var type: StaticString? {
        switch self {
        case .reliable: Self.reliableType
        case .acknowledgement: Self.acknowledgementType
        case .swarmMessage: Self.swarmMessageType
        case .unknown: nil
        }
    }
    /// Creates the kind for the type of a payload, compared exactly.
    init(typeURL: RawSpan) {
        if typeURL.isText(Self.reliableType) {
            self = .reliable
        } else if typeURL.isText(Self.acknowledgementType) {
            self = .acknowledgement
        } else if typeURL.isText(Self.swarmMessageType) {
            self = .swarmMessage
        } else {
            self = .unknown
        }
    }
}
