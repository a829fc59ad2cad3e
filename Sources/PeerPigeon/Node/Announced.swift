import Wire

/// The announced data of a peer, in the form in which others receive it.
struct Announced: Sendable {
    var isHub: Bool
    /// The announced data; nil: no data.
    let data: JSONValue?
    /// The member `data` of `peer-discovered`: `peerId`, `isHub`, and the announced data.
    let text: [UInt8]
    /// The number of bytes kept for it.
    var memory: Int { text.count + (data?.bytes.count ?? 0) }

    /// Creates the data. With `isTrueFirst`, announced members cannot replace the true `peerId` and `isHub`, and only
    /// members of an object are passed on.
    init(_ peer: PeerID, isHub: Bool, _ announced: Value?, isTrueFirst: Bool, bug: Misbehaviour? = nil) {
        self.isHub = isHub
        data = announced.flatMap { JSONValue($0) }
        var members = [Value.Entry("peerId", .text(peer.text)), Value.Entry("isHub", .bool(isHub))]
        var places: [Value: Int] = ["peerId": 0, "isHub": 1]
        for entry in bug == .dropsAnnouncedData ? [] : Self.entries(announced, objectsOnly: isTrueFirst) {
            if let i = places[.text(entry.key)] {
                let isOwn = i < 2
                if !isOwn || !isTrueFirst || bug == .announcedIDWins && i == 0 { members[i].value = entry.value }
            } else {
                places[.text(entry.key)] = members.count
                members.append(entry)
            }
        }
        if bug == .discoveryWithoutHubFlag { members.remove(at: 1) }
        var out: [UInt8] = []
        ValueJSON.write(.map(members), to: &out, .numbers)
        text = out
    }
    /// Returns the text with the time at which it was received, in milliseconds since 1970.
    func text(cachedAt milliseconds: Int64) -> [UInt8] {
        text.dropLast() + Array(",\"cachedAt\":\(milliseconds)}".utf8)
    }
    /// Returns the members of an object. Like JavaScript's spread, a list yields its elements and a text its
    /// characters, by their numbers.
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
