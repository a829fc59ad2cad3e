/// The target that a client requests in the upgrade to a hub.
enum ClientTarget {
    /// Returns the path and query of the hub's address with the client's id, which replaces an id in the address.
    static func of(_ address: String, _ me: PeerID, _ bug: Misbehaviour?) -> String {
        let parts = address.prefix { $0 != "#" }.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = parts.first.map { $0.isEmpty ? "/" : String($0) } ?? "/"
        let others = parts.dropFirst().first?.split(separator: "&").filter {
            $0.prefix { $0 != "=" } != PeerID.parameter
        }
        let id = bug == .clientIDShort ? String(me.text.dropLast()) : me.text
        let name = bug == .clientIDInCapitals ? PeerID.parameter.uppercased() : PeerID.parameter
        let query = (others ?? []).map(String.init) + (bug == .clientWithoutID ? [] : ["\(name)=\(id)"])
        return query.isEmpty ? path : path + "?" + query.joined(separator: "&")
    }
}
