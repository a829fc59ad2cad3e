public import Capture
internal import Text
internal import Wire

/// A list of the connections of a capture, one line each: their ends, the identities of the ends, and the amount of
/// traffic.
public enum ConversationList {
    /// Appends all connections.
    public static func write(_ talks: Conversations, _ names: AddressNames = AddressNames(), to out: inout [UInt8]) {
        for t in talks.talks { out += (line(t, names) + "\n").utf8 }
        if talks.omitted > 0 { out += "and \(talks.omitted) messages of further connections\n".utf8 }
    }
    /// Returns `flow 1: 127.0.0.1:40358 (03cc0a99..) > 127.0.0.1:7075 (aebc0c99..) 14 messages, 1932 bytes in 5.123 s`.
    /// With layers it has `31 messages (29 dxos, 2 websocket), 54 frames of layers (54 websocket), `.
    public static func line(_ t: Conversations.Talk, _ addresses: AddressNames = AddressNames()) -> String {
        func end(_ address: String, _ names: [String]) -> String {
            let shown = names.map { Escape.line($0.prefix(t.shownCount) + "..") }.joined(separator: ", ")
            return address + (names.isEmpty ? "" : " (\(shown))")
        }
        return
            "flow \(t.flow): \(end(addresses.text(t.client), t.clientNames)) > \(end(addresses.text(t.server), t.serverNames)) "
            + "\(counts(t)), \(t.bytes) bytes in \(t.last.since(t.first).dropFirst()) s"
    }
    private static func counts(_ t: Conversations.Talk) -> String {
        func parts(_ count: KeyPath<Conversations.Share, Int>) -> String {
            let all = t.shares.filter { $0[keyPath: count] > 0 }.map { "\($0[keyPath: count]) \(Escape.line($0.name))" }
            return all.isEmpty ? "" : " (\(all.joined(separator: ", ")))"
        }
        guard t.frames > 0 else { return "\(t.messages) messages" + (t.shares.count > 1 ? parts(\.messages) : "") }
        return "\(t.messages) messages\(parts(\.messages)), \(t.frames) frames of layers\(parts(\.frames))"
    }
}
