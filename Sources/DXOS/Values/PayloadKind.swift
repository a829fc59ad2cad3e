import Wire

/// The kind of signaling message in a payload.
enum PayloadKind: Sendable {
    case joinRequest
    case receptionRequest
    case message
    case swarmEvent
    /// A HostEvent of profile v1.
    case hostEvent
    /// A HostEvent of profile v3.
    case hostEventV3
    case peerEvent
    case busSubscription
    /// Another or an unknown type.
    case unknown
    /// A type that the fields decide.
    case byFields

    /// Creates the kind of a method's argument.
    init(requestOf method: RawSpan) {
        switch Method(name: method) {
        case .join: self = .joinRequest
        case .receiveMessages: self = .receptionRequest
        case .sendMessage: self = .message
        case .subscribe: self = .busSubscription
        case nil: self = .unknown
        }
    }
    /// Creates the kind for the type of a payload, in each of the forms that builds write.
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
        } else if TypeName.hostEvent.isWritten(as: typeURL) {
            self = .hostEvent
        } else if TypeName.peerEvent.isWritten(as: typeURL) {
            self = .peerEvent
        } else if TypeName.busSubscription.isWritten(as: typeURL) {
            self = .busSubscription
        } else {
            self = .unknown
        }
    }
    /// True if only the bytes of the payload can contradict the kind.
    var isOneMessage: Bool {
        switch self {
        case .hostEvent, .hostEventV3, .unknown, .byFields: false
        default: true
        }
    }
    /// Returns the kind as which bytes can be read; `unknown` if they are not a message of this kind.
    func opened(_ bytes: RawSpan) -> PayloadKind {
        switch self {
        case .joinRequest: isGood(JoinRequest.self, bytes) ? self : .unknown
        case .receptionRequest: isGood(ReceptionRequest.self, bytes) ? self : .unknown
        case .message: isGood(SignalMessage.self, bytes) ? self : .unknown
        case .swarmEvent: isGood(SwarmEvent.self, bytes) ? self : .unknown
        case .hostEvent, .hostEventV3: Self.hostEvent(bytes)
        case .peerEvent: isGood(PeerEvent.self, bytes) ? self : .unknown
        case .busSubscription: isGood(BusSubscription.self, bytes) ? self : .unknown
        case .unknown: .unknown
        case .byFields: Self.guess(bytes).opened(bytes)
        }
    }
    /// Returns the layout of a HostEvent. In the place of a Timestamp of v1, which has only numbers, v3 has a
    /// PeerAvailable, which has none.
    private static func hostEvent(_ bytes: RawSpan) -> PayloadKind {
        var isV3 = false
        if let inner = Call.content([1, 2], bytes) {
            var at = 0
            while let field = ProtobufField(at: at, in: inner.span.bytes) {
                at = field.range.upperBound
                if field.wireType == 2 { isV3 = true }
            }
        }
        if isV3 { return isGood(HostEventV3.self, bytes) ? .hostEventV3 : .unknown }
        return isGood(HostEvent.self, bytes) ? .hostEvent : .unknown
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
