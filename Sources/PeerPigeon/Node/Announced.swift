import Wire

/// What a peer announced of itself, as it is told to others.
struct Announced: Sendable {
    var isHub: Bool
    /// What it announced; nil: nothing.
    let data: JSONValue?
    /// `data` of `peer-discovered`: `peerId`, `isHub`, and what it announced.
    let text: [UInt8]
    /// Bytes that are kept for it.
    var memory: Int { text.count + (data?.bytes.count ?? 0) }

    /// `isTrueFirst`: what it announced may not stand for what it is, and only members of an object are told.
    init(_ peer: PeerID, isHub: Bool, _ announced: Value?, isTrueFirst: Bool, bug: Misbehaviour? = nil) {
        self.isHub = isHub
        data = announced.flatMap { JSONValue($0) }
        var members = [Value.Entry("peerId", .text(peer.text)), Value.Entry("isHub", .bool(isHub))]
        var places = ["peerId": 0, "isHub": 1]
        for entry in bug == .dropsAnnouncedData ? [] : Self.entries(announced, objectsOnly: isTrueFirst) {
            if let i = places[entry.key] {
                let isOwn = i < 2
                if !isOwn || !isTrueFirst || bug == .announcedIDWins && i == 0 { members[i].value = entry.value }
            } else {
                places[entry.key] = members.count
                members.append(entry)
            }
        }
        if bug == .discoveryWithoutHubFlag { members.remove(at: 1) }
        var out: [UInt8] = []
        ValueJSON.write(.map(members), to: &out, .numbers)
        text = out
    }
    /// The same with when it was heard, in milliseconds since 1970.
    func text(cachedAt milliseconds: Int64) -> [UInt8] {
        text.dropLast() + Array(",\"cachedAt\":\(milliseconds)}".utf8)
    }
    /// Members; of a list its elements, of a text its characters, by their numbers, as JavaScript spreads them.
    private static func entries(_ data: Value?, objectsOnly: Bool) -> [Value.Entry] {
        switch data {
        case .map(let entries)?: entries
        case .list(let items)? where !objectsOnly: items.enumerated().map { .init("\($0.offset)", $0.element) }
        case .text(let text)? where !objectsOnly:
            text.unicodeScalars.enumerated().map { .init("\($0.offset)", .text(String($0.element))) }
        default: []
        }
    }
}
