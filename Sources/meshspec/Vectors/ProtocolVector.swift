import Node
import Report
import Scenario
import Wire

/// A vector of a protocol, with what it is about.
struct ProtocolVector {
    let protocolName: String
    let vector: WireVector
    /// Name of the message that its bytes are, good or bad, such as `nano.keepalive`; nil for a call, and for bytes of
    /// which a stream's framing makes no message.
    let message: String?
    /// Its description, where the protocol has it as a message of its own.
    let type: (any Message.Type)?
    /// Name of it among all vectors: `vectors.`, folder, file and its own, such as `vectors.nano.keepalive.keepalive_beta`.
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
    /// What it is about: a message, a function, or what a stream begins with.
    var subject: String { message ?? vector.function ?? "\(protocolName) stream" }
    /// `accept` or `refuse`.
    var expect: String { vector.isAccepted ? "accept" : "refuse" }
    /// A value of the vector that says something.
    func value(_ key: String) -> Value? { vector.values[key].flatMap { $0 == .null ? nil : $0 } }

    /// Whether a selection takes it: by id, own name, message or function; `tag:accept`, `tag:refuse`; `req:NANO-01`.
    func isTaken(by selection: Selection?) -> Bool {
        let ids = [id, vector.name, message, vector.function].compactMap(\.self)
        return selection?.takes(ids: ids, tags: [expect], requirements: vector.requirements) ?? true
    }
    /// The most binding of its requirements, which a verdict is about.
    func requirement(_ list: RequirementList) -> (id: String, level: Level) {
        func level(_ id: String) -> Level { list[id]?.level ?? .must }
        for wanted in Level.allCases {
            if let id = vector.requirements.first(where: { level($0) == wanted }) { return (id, wanted) }
        }
        return ("", .must)
    }
}
