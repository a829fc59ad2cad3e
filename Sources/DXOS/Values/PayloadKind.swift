import Wire

/// Which message of the signaling service a payload holds.
enum PayloadKind: Sendable {
    case joinRequest
    case receptionRequest
    case message
    case swarmEvent
    /// None of these, or it is not known which.
    case unknown
    /// To be told from the fields that are there.
    case byFields

    /// What a method takes.
    init(requestOf method: RawSpan) {
        switch Method(name: method) {
        case .join: self = .joinRequest
        case .receiveMessages: self = .receptionRequest
        case .sendMessage: self = .message
        case nil: self = .unknown
        }
    }
    /// By the type of a payload, in each of the forms in which builds write it.
    init(typeURL: RawSpan) {
        if typeURL.byteCount == 0 {
            self = .byFields
            return
        }
        if TypeName.swarmEvent.isWritten(as: typeURL) {
            self = .swarmEvent
        } else if TypeName.message.isWritten(as: typeURL) {
            self = .message
        } else if TypeName.joinRequest.isWritten(as: typeURL) {
            self = .joinRequest
        } else if TypeName.receptionRequest.isWritten(as: typeURL) {
            self = .receptionRequest
        } else {
            self = .unknown
        }
    }
    /// What bytes can be read as; `unknown` where they are no message of this kind.
    func opened(_ bytes: RawSpan) -> PayloadKind {
        switch self {
        case .joinRequest: isGood(JoinRequest.self, bytes) ? self : .unknown
        case .receptionRequest: isGood(ReceptionRequest.self, bytes) ? self : .unknown
        case .message: isGood(SignalMessage.self, bytes) ? self : .unknown
        case .swarmEvent: isGood(SwarmEvent.self, bytes) ? self : .unknown
        case .unknown: .unknown
        case .byFields: Self.guess(bytes).opened(bytes)
        }
    }
    private static func guess(_ bytes: RawSpan) -> PayloadKind {
        var numbers: Set<UInt32> = []
        var at = 0
        while let field = ProtobufField(at: at, in: bytes) {
            at = field.range.upperBound
            numbers.insert(field.number)
        }
        if numbers.contains(3) || numbers.isSuperset(of: [1, 2]) { return .message }
        return numbers.isEmpty ? .unknown : .swarmEvent
    }
}
