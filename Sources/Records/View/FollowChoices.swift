internal import Capture
internal import Node
internal import Text
internal import Wire

/// A finder of the choices for following a message, as in `meshspec follow`: its conversation, its ends by address, and
/// the peers that messages of the conversation identify.
struct FollowChoices {
    /// The maximum number of connections in one filter.
    private static let flowLimit = 1000

    private(set) var talks: Conversations
    private let definitions: [Definition]

    init(_ definitions: [Definition]) {
        self.definitions = definitions
        talks = Conversations(definitions)
    }
    /// Records the sender and the receiver of a message.
    mutating func note(_ message: CapturedMessage) { talks.record(message.record, message.bytes.span.bytes) }

    /// Returns the menu for a message of one conversation.
    func menu(_ message: CapturedMessage, _ names: AddressNames) -> FollowMenu {
        let record = message.record
        let ends = "\(names.text(record.source)) > \(names.text(record.destination))"
        var choices = [
            FollowMenu.Choice(label: "conversation \(record.flow): \(ends)", filter: "flow == \(record.flow)")
        ]
        if let talk = talks.talks.first(where: { $0.flow == record.flow }) {
            for id in talk.clientNames + talk.serverNames { peer(id, record.protocolName).map { choices.append($0) } }
        }
        for end in [record.source, record.destination] {
            choices.append(.init(label: "address and port \(names.text(end))", filter: "addr == \(end)"))
        }
        for end in [record.source, record.destination] {
            let host = end.host
            guard !choices.contains(where: { $0.filter == "addr == \(host)" }) else { continue }
            choices.append(.init(label: "address \(host)", filter: "addr == \(host)"))
        }
        return FollowMenu(choices)
    }
    /// Returns the choice of all connections of a peer, and of its mentions in other connections.
    private func peer(_ id: String, _ protocolName: String) -> FollowMenu.Choice? {
        guard let flows = talks.flows(of: id)?.sorted(), !flows.isEmpty else { return nil }
        let shown = flows.prefix(Self.flowLimit).map(String.init).joined(separator: ", ")
        let mentions = definitions.first { $0.name == protocolName }?.naming.mentions ?? []
        let tests = ["flow in {\(shown)}"] + mentions.map { "\($0) == \(id)" }
        return .init(
            label: "peer \(Escape.line(id)), \(flows.count) connection\(flows.count == 1 ? "" : "s")",
            filter: tests.joined(separator: " or "))
    }
}
