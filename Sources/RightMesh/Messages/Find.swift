public import Wire

/// FIND: asks a superpeer which targets are online. There is at least one target. Other nodes relay it. The answer is
/// FIND_ACK.
public struct Find: RightMeshMessage {
    public static var name: StaticString { "rightmesh.find" }
    public static var summary: MessageSummary { request("find") }
    public static var type: MessageType { .find }
    public var header = Header(.find)
    public var body = Body()
    public init() {}
    public init(targets: Targets) { body.targets = targets }
}
