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

    /// What an Any can be read as that the coder has ahead; `unknown` where its bytes are no message of its type.
    static func opened<C: Coder & ~Copyable & ~Escapable>(_ c: borrowing C) -> ApplicationKind {
        let kind = c.content(of: 1) { ApplicationKind(typeURL: $0) } ?? .unknown
        return c.content(of: 2) { kind.isFit($0) } ?? false ? kind : .unknown
    }
    private init(typeURL: RawSpan) {
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
    private func isFit(_ bytes: RawSpan) -> Bool {
        switch self {
        case .reliable: isGood(ReliablePayload.self, bytes)
        case .acknowledgement: isGood(Acknowledgement.self, bytes)
        case .swarmMessage: isGood(SwarmMessage.self, bytes)
        case .unknown: false
        }
    }
}
