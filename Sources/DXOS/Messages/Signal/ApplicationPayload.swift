public import Wire

/// The payload of a message from peer to peer (google.protobuf.Any). It is opened if it has a type of DXOS and its
/// bytes are such a message; otherwise `value` has the bytes.
public struct ApplicationPayload: Message {
    public static var name: StaticString { "dxos.application_payload" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([
                [.message("reliable", ReliablePayload.self)], [.message("acknowledgement", Acknowledgement.self)],
                [.message("swarm_message", SwarmMessage.self)],
                [.maybe(.lastWord("type_url"), ", "), .size("value")],
            ])
        ]
    }
    /// The type without a leading dot, which is compared exactly.
    public var typeURL: Text?
    /// The bytes that are not opened.
    public var value: Bytes?
    public var reliable: ReliablePayload? {
        get { if case .reliable(let m)? = opened { m } else { nil } }
        set { set(newValue.map { .reliable($0) }, instead: reliable != nil) }
    }
    public var acknowledgement: Acknowledgement? {
        get { if case .acknowledgement(let m)? = opened { m } else { nil } }
        set { set(newValue.map { .acknowledgement($0) }, instead: acknowledgement != nil) }
    }
    public var swarmMessage: SwarmMessage? {
        get { if case .swarmMessage(let m)? = opened { m } else { nil } }
        set { set(newValue.map { .swarmMessage($0) }, instead: swarmMessage != nil) }
    }
    public var unknown = Unknown()
    private var opening = Opening<ApplicationKind>()
    /// The opened message, stored indirectly as in `Payload`.
    private var opened: Opened?
    private indirect enum Opened: Equatable {
        case reliable(ReliablePayload)
        case acknowledgement(Acknowledgement)
        case swarmMessage(SwarmMessage)
    }
    private mutating func set(_ content: Opened?, instead isThere: Bool) {
        if content != nil || isThere { opened = content }
    }

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        if C.reads, opening.kind == nil { opening.kind = Self.kind(c) }
        let kind = C.reads ? opening.kind : nil
        c.tag(1, "type_url", &typeURL, as: .implicit)
        if kind == .unknown || kind == nil && !isOpen { c.tag(2, "value", &value, as: .implicit) }
        if kind == .reliable || kind == nil { c.tag(2, "reliable", &reliable, as: .explicit) }
        if kind == .acknowledgement || kind == nil { c.tag(2, "acknowledgement", &acknowledgement, as: .explicit) }
        if kind == .swarmMessage || kind == nil { c.tag(2, "swarm_message", &swarmMessage, as: .explicit) }
        c.unknown(&unknown)
    }
    private var isOpen: Bool { opened != nil }
    /// Returns the kind of the payload further ahead; `unknown` if its bytes are not a message of its type.
    private static func kind<C: Coder & ~Copyable & ~Escapable>(_ c: borrowing C) -> ApplicationKind {
        let kind = c.content(of: 1, by: ApplicationType()) ?? .unknown
        let isFit =
            switch kind {
            case .reliable: c.content(of: 2, by: IsGood<ReliablePayload>())
            case .acknowledgement: c.content(of: 2, by: IsGood<Acknowledgement>())
            case .swarmMessage: c.content(of: 2, by: IsGood<SwarmMessage>())
            case .unknown: false
            }
        return isFit ?? false ? kind : .unknown
    }
}
