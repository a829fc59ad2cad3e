public import Wire

/// The message of a client that cleans up; hubs do nothing.
public struct Cleanup: Message {
    public static var name: StaticString { "peerpigeon.cleanup" }
    public static var form: Form { .json }
    public static var summary: MessageSummary { ["clean up", .maybe(" ", .name("data.peerId"))] }
    public var type: Text?
    public var data: JSONValue?
    public var unknown = Unknown()

    public init() {}

    public mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        c.constant("type", &type, "cleanup")
        c.member("data", &data)
        c.unknown(&unknown)
    }
}
