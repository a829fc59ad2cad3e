import Node
import Wire

extension SignalServer {
    /// Returns true if a seeded fault makes the node ignore a call.
    mutating func isPassedOver(_ call: Call, _ bytes: RawSpan, on link: LinkID, at now: Instant) -> Bool {
        switch fault {
        case .needsOpen: return connections[link]?.saidOpen == false
        case .fieldsInOrder: return Request.dissect(bytes).notes.contains { $0.kind == .outOfOrder }
        case .negativeIDsIgnored: return call.id < 0
        case .needsDefaults:
            return Call.content([1], bytes).map { ProtobufField(at: 0, in: $0.span.bytes)?.number != 1 } ?? true
        case .oneCallAtATime:
            defer { connections[link]?.lastCall = now }
            return connections[link]?.lastCall == now
        case .idsMustGrow:
            guard call.id > connections[link]?.lastID ?? .min else { return true }
            connections[link]?.lastID = call.id
            return false
        default: return false
        }
    }
}
