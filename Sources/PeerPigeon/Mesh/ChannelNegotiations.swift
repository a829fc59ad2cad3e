import Node

/// The data channels between hubs that are being opened. The hub with the larger id opens the channel.
///
/// A channel here is a stand-in between hubs of this program: a WebSocket connection to the port above the hub's port.
/// Its texts and binary messages are those that the data channel would carry. A real channel needs the layers of WebRTC
/// below it; otherwise only the candidate of an answer would differ.
struct ChannelNegotiations: Sendable {
    /// The label of the channel between hubs, and the path that its stand-in requests.
    static let label = "messages"

    private let me: PeerID
    private let most: Int
    private let isOn: Bool
    /// The sessions of the channels that this hub opens.
    private var opening: [PeerID: UInt64] = [:]
    private var dialed: [Endpoint: PeerID] = [:]
    /// The hubs whose offers this hub answered, which may connect now.
    private var expected: Set<PeerID> = []

    init(_ me: PeerID, _ parameters: NodeParameters) {
        (self.me, most, isOn) = (me, parameters.channels.most, parameters.channels.isOn)
    }
    /// Returns true if one more channel may be opened while `count` are open.
    private func hasRoom(_ count: Int) -> Bool { isOn && count + opening.count + expected.count < most }

    /// Begins a channel to a hub. Returns true if this hub should offer one.
    mutating func begins(_ hub: PeerID, _ session: UInt64, standing: Int) -> Bool {
        guard me.text > hub.text, hasRoom(standing), opening[hub] == nil else { return false }
        opening[hub] = session
        return true
    }
    /// Returns true if this hub should answer an offer.
    mutating func answers(_ hub: PeerID, standing: Int) -> Bool {
        // Like real hubs, this hub refuses an offer of a smaller id.
        guard hub.text > me.text, expected.contains(hub) || hasRoom(standing) else { return false }
        expected.insert(hub)
        return true
    }
    /// Takes the address for a channel from the other hub. Returns false if this hub did not offer a channel.
    mutating func dials(_ at: Endpoint, _ hub: PeerID, _ session: UInt64) -> Bool {
        guard opening[hub] == session, dialed[at] == nil else { return false }
        dialed[at] = hub
        return true
    }
    /// Returns the hub to which a connection of this hub is the channel; nil if the connection is not a channel.
    mutating func opened(_ at: Endpoint) -> PeerID? {
        guard let hub = dialed.removeValue(forKey: at) else { return nil }
        opening[hub] = nil
        return hub
    }
    /// Returns true if a connection from a hub is the channel that the hub may open.
    mutating func accepts(_ hub: PeerID) -> Bool { expected.remove(hub) != nil }
    mutating func forget(_ hub: PeerID) {
        opening[hub] = nil
        expected.remove(hub)
        dialed = dialed.filter { $0.value != hub }
    }
}
