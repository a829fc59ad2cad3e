public import Wire

/// The content of a reliable payload (google.protobuf.Any). A reliable payload inside it stays bytes.
public struct ReliableContent: Message {
    public static var name: StaticString { "dxos.reliable_content" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [
            .first([
                [.message("swarm_message", SwarmMessage.self)], [.lastWord("type_url"), .maybe(", ", .size("value"))],
                [.size("value")],
            ])
        ]
    }
    /// The type without a leading dot, which is compared exactly.
    public var typeURL: Text?
    /// The bytes that are not opened.
    public var value: Bytes?
    public var swarmMessage: SwarmMessage?
    public var unknown = Unknown()
    private var opening = Opening<Bool>()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        if C.reads, opening.kind == nil {
            let isOne = c.content(of: 1, by: ApplicationType()) == .swarmMessage
            opening.kind = isOne && c.content(of: 2, by: IsGood<SwarmMessage>()) ?? false
        }
        let isOpened = C.reads ? opening.kind : nil
        c.tag(1, "type_url", &typeURL, as: .implicit)
        if isOpened == false || isOpened == nil && swarmMessage == nil { c.tag(2, "value", &value, as: .implicit) }
        if isOpened ?? true { c.tag(2, "swarm_message", &swarmMessage, as: .explicit) }
        c.unknown(&unknown)
    }
}
