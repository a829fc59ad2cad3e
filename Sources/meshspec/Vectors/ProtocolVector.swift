import Node
import Scenario
import Wire

/// A vector of a protocol, with its message and its id.
struct ProtocolVector {
    let protocolName: String
    let vector: WireVector
    /// The name of the message in its bytes, valid or not, such as `nano.keepalive`. Nil for a call, and for bytes in
    /// which the framing of a stream finds no message.
    let message: String?
    /// The type of the message if the protocol defines it; otherwise nil.
    let type: (any Message.Type)?
    /// The name of the vector among all vectors: `vectors.`, folder, file and its own name, such as
    /// `vectors.nano.keepalive.keepalive_beta`.
    let id: String

    init(_ definition: Definition, _ vector: WireVector) {
        let folder = Files.name(of: Files.folder(of: vector.file))
        protocolName = definition.name
        self.vector = vector
        let name = "\(folder).\(vector.topic)"
        type = vector.function == nil ? definition.message(name) : nil
        message = type != nil || vector.function == nil && vector.refusedBy != "framing" ? name : nil
        id = "vectors.\(folder).\(vector.topic).\(vector.name)"
    }
    /// The subject of the vector: a message, a function, or the start of a stream.
    var subject: String { message ?? vector.function ?? "\(protocolName) stream" }
    /// The expected reaction, `accept` or `refuse`.
    var expect: String { vector.isAccepted ? "accept" : "refuse" }
    /// Returns a value of the vector; nil if it is missing or null.
    func value(_ key: String) -> Value? { vector.values[key].flatMap { $0 == .null ? nil : $0 } }

    /// Returns true if a selection includes the vector: by its id, its own name, message or function, by `tag:accept`
    /// or `tag:refuse`, or by `req:NANO-01`.
    func isTaken(by selection: Selection?) -> Bool {
        let ids = [id, vector.name, message, vector.function].compactMap(\.self)
        return selection?.takes(ids: ids, tags: [expect], requirements: vector.requirements) ?? true
    }
    /// Returns the requirement that a verdict is about: the one with the strictest level.
    func requirement(_ list: RequirementList) -> (id: String, level: Level) {
        func level(_ id: String) -> Level { list[id]?.level ?? .must }
        for wanted in Level.allCases {
            if let id = vector.requirements.first(where: { level($0) == wanted }) { return (id, wanted) }
        }
        return ("", .must)
    }
}
