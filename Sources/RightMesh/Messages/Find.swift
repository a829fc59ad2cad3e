import Wire

/// FIND: asks a superpeer which targets are online, of which there is at least one. Others relay it. FIND_ACK answers.
public struct Find: RightMeshMessage {
    public static var name: StaticString { "rightmesh.find" }
    public static var type: MessageType { .find }
    public var header = Header(.find)
    public var body = Body()
    public init() {}
    public init(targets: Targets) { body.targets = targets }
}
