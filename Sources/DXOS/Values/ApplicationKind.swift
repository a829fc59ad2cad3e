import Wire

/// Which message of DXOS peers the payload of a message from peer to peer holds.
enum ApplicationKind: Sendable {
    case reliable
    case acknowledgement
    case swarmMessage
    /// None of these.
    case unknown

    static let reliableType: StaticString = "dxos.mesh.messaging.ReliablePayload"
    static let acknowledgementType: StaticString = "dxos.mesh.messaging.Acknowledgement"
    static let swarmMessageType: StaticString = "dxos.mesh.swarm.SwarmMessage"

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
