public import Wire

/// The answer to an offer (dxos.mesh.swarm.Answer).
public struct Answer: Message {
    public static var name: StaticString { "dxos.answer" }
    public static var form: Form { .protobuf }
    public static var summary: MessageSummary {
        [.first([[.when("accept", ["accept"])], ["reject"]]), .maybe(" ", .name("offer_message_id.data"))]
    }
    public var accept: Bool?
    /// The message id of the offer.
    public var offerMessageID: PublicKey?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.tag(1, "accept", &accept, as: .implicit)
        c.tag(2, "offer_message_id", &offerMessageID, as: .explicit)
        c.unknown(&unknown)
    }
}
