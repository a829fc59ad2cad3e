/// The path of a conversation in its connection: the names of the layers that carry it, each with its channel where it
/// has several, and its own name, such as `noise/yamux/#1/gossipsub`.
enum ConversationPath {
    /// True if no unit of a layer carries the conversation.
    static func isBottom(_ path: String) -> Bool { !path.utf8.contains(UInt8(ascii: "/")) }
    /// True if one of several channels of a layer carries the conversation.
    static func isInStream(_ path: String) -> Bool { path.utf8.contains(UInt8(ascii: "#")) }
    /// Returns what the path of a conversation in the same channel begins with; empty at the bottom.
    static func prefix(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }
}
