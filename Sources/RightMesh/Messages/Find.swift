import Wire

/// FIND: asks a superpeer which targets are online, of which there is at least one. Others relay it. FIND_ACK answers.
struct Find: RightMeshMessage {
    static var name: StaticString { "rightmesh.find" }
    static var type: MessageType { .find }
    var header = Header(.find)
    var body = Body()
    init() {}
    init(targets: Targets) { body.targets = targets }
}
