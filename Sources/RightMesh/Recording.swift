import Node
import Wire

extension RecordingRules {
    /// The values that differ from run to run of RightMesh nodes: message numbers, values chosen at the start of a
    /// node, and tables, which depend on times. `src` and `role` identify the participants.
    static let rightmesh: RecordingRules = {
        let names = catalogue.map { $0.name.description }
        // Other scenarios test the contents of a node's tables.
        let inner = ["msg_id", "frag_index", "frag_count", "peers.records", "superpeers.records"]
        var rules = RecordingRules(changing: names.flatMap { name in inner.map { "\(name).\($0)" } })
        rules.random = names.map { $0 + ".boot" }
        rules.answers = ["hello", "info", "find"].map {
            AnswerField("rightmesh.\($0)_ack.ack_id", of: "rightmesh.\($0).msg_id")
        }
        rules.recurrent = ["rightmesh.hello", "rightmesh.info"]
        // Datagrams can overtake each other.
        rules.order = { MessageOrder(.text($0), part: $1) }
        rules.patience = Limits.interval + Limits.retransmission * 4
        rules.sender = { fields in
            guard case .bytes(let id)? = fields["src"] else { return nil }
            var role: String?
            if case .text(let name)? = fields["role"] { role = name }
            let kind = Kind.allCases.first { kind in
                Role.names.contains { $0.number == UInt64(kind.role.rawValue) && "\($0.name)" == role }
            }
            return Sender(id: id, kind: kind?.rawValue)
        }
        return rules
    }()
}
