import Wire

/// FIND: asks a superpeer which targets are online, of which there is at least one. Others relay it. FIND_ACK answers.
struct Find: RightMeshMessage {
    static var name: StaticString { "rightmesh.find" }
    static var type: MessageType { .find }
    var header = Header(.find)
    var body = Body()
    init() {}
    /// With its mandatory section, without a record.
    static var variants: [Self] { [Self(targets: Targets())] }
    init(targets: Targets) { body.targets = targets }

    mutating func code<C: Coder & ~Copyable & ~Escapable>(_ c: inout C) {
        header.code(&c, .find, body)
        body.code(&c, of: header)
        c.require("targets", body.targets.map { $0.count.value > 0 } ?? false, 0)
    }
}
