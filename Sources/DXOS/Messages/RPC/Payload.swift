public import Wire

/// What a call takes or gives (google.protobuf.Any): opened where it is a message of the signaling service, else `value`
/// has its bytes.
///
/// Receivers go by the method and do not look at the type. In an answer, of which only the call tells the method, it is
/// taken from the type, and where that is left out, from the fields that are there: those of Message, of which field 3 or
/// both 1 and 2 stand there, and those of SwarmEvent, which has one of two. Bytes that are no such message stay bytes.
public struct Payload: Message {
    public static var name: StaticString { "dxos.payload" }
    public static var form: Form { .protobuf }
    /// With a leading dot, without, behind `type.googleapis.com/`, or empty, as the build has it.
    public var typeURL: Text?
    /// What is not opened.
    public var value: Bytes?
    public var joinRequest: JoinRequest?
    public var receptionRequest: ReceptionRequest?
    public var message: SignalMessage?
    public var swarmEvent: SwarmEvent?
    public var hostEvent: HostEvent?
    public var hostEventV3: HostEventV3?
    public var peerEvent: PeerEvent?
    public var busSubscription: BusSubscription?
    public var unknown = Unknown()
    private var opening = Opening<PayloadKind>()

    public init() {}
    /// One of a call whose method takes that.
    init(expecting kind: PayloadKind) { opening.expected = kind }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        if C.reads, opening.kind == nil {
            let told = opening.expected ?? c.content(of: 1) { PayloadKind(typeURL: $0) } ?? .byFields
            opening.kind = c.content(of: 2) { told.opened($0) } ?? .unknown
        }
        let kind = C.reads ? opening.kind : nil
        c.tag(1, "type_url", &typeURL, .implicit)
        if kind == .unknown || kind == nil && !isOpen { c.tag(2, "value", &value, .implicit) }
        if kind == .joinRequest || kind == nil { c.tag(2, "join_request", &joinRequest, .explicit) }
        if kind == .receptionRequest || kind == nil { c.tag(2, "reception_request", &receptionRequest, .explicit) }
        if kind == .message || kind == nil { c.tag(2, "message", &message, .explicit) }
        if kind == .swarmEvent || kind == nil { c.tag(2, "swarm_event", &swarmEvent, .explicit) }
        codeBus(&c, kind)
        c.unknown(&unknown)
    }
    /// What hosts tell each other.
    private mutating func codeBus<C: Coder & ~Copyable & ~Escapable>(_ c: inout C, _ kind: PayloadKind?) {
        if kind == .hostEvent || kind == nil { c.tag(2, "host_event", &hostEvent, .explicit) }
        if kind == .hostEventV3 || kind == nil { c.tag(2, "host_event_v3", &hostEventV3, .explicit) }
        if kind == .peerEvent || kind == nil { c.tag(2, "peer_event", &peerEvent, .explicit) }
        if kind == .busSubscription || kind == nil { c.tag(2, "bus_subscription", &busSubscription, .explicit) }
    }
    private var isOpen: Bool {
        joinRequest != nil || receptionRequest != nil || message != nil || swarmEvent != nil || hostEvent != nil
            || hostEventV3 != nil || peerEvent != nil || busSubscription != nil
    }
}
