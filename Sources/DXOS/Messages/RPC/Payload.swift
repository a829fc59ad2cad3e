public import Wire

/// The argument or result of a call (google.protobuf.Any). It is opened if it is a message of the signaling service;
/// otherwise `value` has its bytes.
///
/// Receivers use the method and ignore the type. An answer does not contain the method, so its type decides. If the
/// type is left out, the fields decide: Message has field 3, or both 1 and 2; SwarmEvent has one of two. Bytes that are
/// not a valid message of that type stay bytes.
public struct Payload: Message {
    public static var name: StaticString { "dxos.payload" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first(opened + [[.lastWord("type_url"), .maybe(", ", .size("value"))], [.size("value")]])
        ]
    }
    /// The type: with a leading dot, without one, after `type.googleapis.com/`, or empty, depending on the build.
    public var typeURL: Text?
    /// The bytes that are not opened.
    public var value: Bytes?
    public var joinRequest: JoinRequest? {
        get { if case .joinRequest(let m)? = opened { m } else { nil } }
        set { set(newValue.map { .joinRequest($0) }, instead: joinRequest != nil) }
    }
    public var receptionRequest: ReceptionRequest? {
        get { if case .receptionRequest(let m)? = opened { m } else { nil } }
        set { set(newValue.map { .receptionRequest($0) }, instead: receptionRequest != nil) }
    }
    public var message: SignalMessage? {
        get { if case .message(let m)? = opened { m } else { nil } }
        set { set(newValue.map { .message($0) }, instead: message != nil) }
    }
    public var swarmEvent: SwarmEvent? {
        get { if case .swarmEvent(let m)? = opened { m } else { nil } }
        set { set(newValue.map { .swarmEvent($0) }, instead: swarmEvent != nil) }
    }
    public var hostEvent: HostEvent? {
        get { if case .hostEvent(let m)? = opened { m } else { nil } }
        set { set(newValue.map { .hostEvent($0) }, instead: hostEvent != nil) }
    }
    public var hostEventV3: HostEventV3? {
        get { if case .hostEventV3(let m)? = opened { m } else { nil } }
        set { set(newValue.map { .hostEventV3($0) }, instead: hostEventV3 != nil) }
    }
    public var peerEvent: PeerEvent? {
        get { if case .peerEvent(let m)? = opened { m } else { nil } }
        set { set(newValue.map { .peerEvent($0) }, instead: peerEvent != nil) }
    }
    public var busSubscription: BusSubscription? {
        get { if case .busSubscription(let m)? = opened { m } else { nil } }
        set { set(newValue.map { .busSubscription($0) }, instead: busSubscription != nil) }
    }
    public var unknown = Unknown()
    private var opening = Opening<PayloadKind>()
    /// The opened message, stored indirectly. A value with room for each type would make every copy expensive.
    private var opened: Opened?
    private indirect enum Opened: Equatable {
        case joinRequest(JoinRequest)
        case receptionRequest(ReceptionRequest)
        case message(SignalMessage)
        case swarmEvent(SwarmEvent)
        case hostEvent(HostEvent)
        case hostEventV3(HostEventV3)
        case peerEvent(PeerEvent)
        case busSubscription(BusSubscription)
    }
    private mutating func set(_ content: Opened?, instead isThere: Bool) {
        if content != nil || isThere { opened = content }
    }

    public init() {}
    /// The summaries of the opened messages.
    static let opened: [[MessageSummary.Part]] = [
        [.message("join_request", JoinRequest.self)], [.message("reception_request", ReceptionRequest.self)],
        [.message("message", SignalMessage.self)], [.message("swarm_event", SwarmEvent.self)],
        [.message("host_event", HostEvent.self)], [.message("host_event_v3", HostEventV3.self)],
        [.message("peer_event", PeerEvent.self)], [.message("bus_subscription", BusSubscription.self)],
    ]
    /// Creates the payload of a call whose method takes this kind.
    init(expecting kind: PayloadKind) { opening.expected = kind }

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        if C.reads, opening.kind == nil, isRead(&c) { return }
        codeFields(&c)
    }
    private mutating func codeFields<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        let kind = C.reads ? opening.kind : nil
        c.tag(1, "type_url", &typeURL, as: .implicit)
        if kind == .unknown || kind == nil && !isOpen { c.tag(2, "value", &value, as: .implicit) }
        if kind == .joinRequest || kind == nil { c.tag(2, "join_request", &joinRequest, as: .explicit) }
        if kind == .receptionRequest || kind == nil { c.tag(2, "reception_request", &receptionRequest, as: .explicit) }
        if kind == .message || kind == nil { c.tag(2, "message", &message, as: .explicit) }
        if kind == .swarmEvent || kind == nil { c.tag(2, "swarm_event", &swarmEvent, as: .explicit) }
        codeBus(&c, kind)
        c.unknown(&unknown)
    }
    /// Reads the payload as the stated kind, which is nearly always right. If it fails, it only decides the kind. This
    /// is a function of its own, because Swift 6.3.1 does not specialize a description that looks ahead itself.
    private mutating func isRead<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) -> Bool {
        let expected = opening.expected
        let told = expected ?? c.content(of: 1, by: PayloadType()) ?? .byFields
        if told.isOneMessage, c.content(of: 2, by: IsThere()) ?? false, let mark = c.mark {
            opening.kind = told
            codeFields(&c)
            guard c.goBack(to: mark) else { return true }
            self = Self()
            opening.expected = expected
        }
        opening.kind = c.content(of: 2, by: PayloadContent(told: told)) ?? .unknown
        return false
    }
    /// Codes the messages between hosts.
    private mutating func codeBus<C: Coder & ~Copyable & ~Escapable>(_ c: inout C, _ kind: PayloadKind?) {
        if kind == .hostEvent || kind == nil { c.tag(2, "host_event", &hostEvent, as: .explicit) }
        if kind == .hostEventV3 || kind == nil { c.tag(2, "host_event_v3", &hostEventV3, as: .explicit) }
        if kind == .peerEvent || kind == nil { c.tag(2, "peer_event", &peerEvent, as: .explicit) }
        if kind == .busSubscription || kind == nil { c.tag(2, "bus_subscription", &busSubscription, as: .explicit) }
    }
    private var isOpen: Bool { opened != nil }
}
