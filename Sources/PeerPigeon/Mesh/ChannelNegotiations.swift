import Node

/// The data channels between hubs that are being opened, each by the hub with the larger id.
///
/// A channel here is one of this program's own hubs among each other: it takes the form of a WebSocket connection to the
/// port above the hub's, whose texts and binary messages are those of the channel. A real one needs what lies below it
/// in WebRTC; only the candidate of an answer would differ.
struct ChannelNegotiations: Sendable {
    /// The label of the channel between hubs, and the path that its stand-in asks for.
    static let label = "messages"

    private let me: PeerID
    private let most: Int
    private let isOn: Bool
    /// Of those that this hub opens: the session of each.
    private var opening: [PeerID: UInt64] = [:]
    private var dialed: [Endpoint: PeerID] = [:]
    /// Those whose offers it answered, which may dial now.
    private var expected: Set<PeerID> = []

    init(_ me: PeerID, _ parameters: NodeParameters) {
        (self.me, most, isOn) = (me, parameters.channels.most, parameters.channels.isOn)
    }
    /// Whether one more channel may be opened, `count` standing.
    private func hasRoom(_ count: Int) -> Bool { isOn && count + opening.count + expected.count < most }

    /// A hub is there: whether to offer it a channel.
    mutating func begins(_ hub: PeerID, _ session: UInt64, standing: Int) -> Bool {
        guard me.text > hub.text, hasRoom(standing), opening[hub] == nil else { return false }
        opening[hub] = session
        return true
    }
    /// Whether an offer is answered.
    mutating func answers(_ hub: PeerID, standing: Int) -> Bool {
        // As hubs do: the smaller id that offers is turned away.
        guard hub.text > me.text, expected.contains(hub) || hasRoom(standing) else { return false }
        expected.insert(hub)
        return true
    }
    /// Where to open a channel to, once its hub has said so; false where this hub did not offer one.
    mutating func dials(_ at: Endpoint, _ hub: PeerID, _ session: UInt64) -> Bool {
        guard opening[hub] == session, dialed[at] == nil else { return false }
        dialed[at] = hub
        return true
    }
    /// A connection that this hub made is the channel to a hub; nil: it is none.
    mutating func opened(_ at: Endpoint) -> PeerID? {
        guard let hub = dialed.removeValue(forKey: at) else { return nil }
        opening[hub] = nil
        return hub
    }
    /// Whether a connection from a hub is the channel that it was promised.
    mutating func accepts(_ hub: PeerID) -> Bool { expected.remove(hub) != nil }
    mutating func forget(_ hub: PeerID) {
        opening[hub] = nil
        expected.remove(hub)
        dialed = dialed.filter { $0.value != hub }
    }
}
