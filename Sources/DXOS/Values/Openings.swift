import Wire

/// By what payloads are opened: a call's method, else their type.
let dxosOpenings: [String: [String: String]] = [
    "dxos.request_content.method": fields(Method.allCases.map(\.fullName)) { PayloadKind(requestOf: $0).field },
    "dxos.payload.type_url": fields(TypeName.payloads.map(\.name.description)) { PayloadKind(typeURL: $0).field },
    "dxos.application_payload.type_url": fields(applicationTypes) { ApplicationKind(typeURL: $0).field },
    // A further reliable payload in one stays bytes.
    "dxos.reliable_content.type_url": fields([ApplicationKind.swarmMessageType.description]) {
        ApplicationKind(typeURL: $0).field
    },
]

private let applicationTypes = [
    ApplicationKind.reliableType, ApplicationKind.acknowledgementType, ApplicationKind.swarmMessageType,
].map(\.description)

private func fields(_ texts: [String], _ field: (RawSpan) -> String?) -> [String: String] {
    var out: [String: String] = [:]
    for text in texts { out[text] = field(Array(text.utf8).span.bytes) }
    return out
}

extension PayloadKind {
    /// The field of a payload that has such a message; where only its bytes say which of two layouts it has, the first.
    fileprivate var field: String? {
        switch self {
        case .joinRequest: "join_request"
        case .receptionRequest: "reception_request"
        case .message: "message"
        case .swarmEvent: "swarm_event"
        case .hostEvent: "host_event"
        case .hostEventV3: "host_event_v3"
        case .peerEvent: "peer_event"
        case .busSubscription: "bus_subscription"
        case .unknown, .byFields: nil
        }
    }
}

extension ApplicationKind {
    fileprivate var field: String? {
        switch self {
        case .reliable: "reliable"
        case .acknowledgement: "acknowledgement"
        case .swarmMessage: "swarm_message"
        case .unknown: nil
        }
    }
}
