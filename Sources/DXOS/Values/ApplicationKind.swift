import Wire

/// Which message of DXOS peers the payload of a message from peer to peer holds.
enum ApplicationKind: CaseIterable, Sendable {
    case reliable
    case acknowledgement
    case swarmMessage
    /// None of these.
    case unknown

    static let reliableType: StaticString = "dxos.mesh.messaging.ReliablePayload"
    static let acknowledgementType: StaticString = "dxos.mesh.messaging.Acknowledgement"
    static let swarmMessageType: StaticString = "dxos.mesh.swarm.SwarmMessage"

    /// As a payload says it; nil: it may be any other.
    var type: StaticString? {
        switch self {
        case .reliable: Self.reliableType
        case .acknowledgement: Self.acknowledgementType
        case .swarmMessage: Self.swarmMessageType
        case .unknown: nil
        }
    }
    /// By the type of a payload, as it stands.
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
