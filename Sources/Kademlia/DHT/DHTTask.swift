public import Libp2p
import Node

/// An operation of a member of a DHT: a lookup, and what follows from it.
struct DHTTask: Sendable {
    enum Goal: Sendable {
        /// Asks a server once, before it enters the table.
        case check(PeerID)
        /// Learns further servers.
        case refresh
        case findPeer(PeerID)
        case provide
        /// `count`: the number of providers that suffice; 0: all that are found.
        case findProviders(count: Int)
        case put([UInt8])
        case get
    }
    var goal: Goal
    /// The key of the requests.
    var key: [UInt8]
    var lookup: Lookup
    var until: Instant
    /// The number of the caller.
    var ticket: UInt64?
    /// The providers that were found, in the order of the answers.
    var providers: [DHTNews.Provider] = []
    /// The valid values that were found, with the peers that have them.
    var values: [(peer: PeerID, value: [UInt8])] = []
    /// The number of peers that have not yet handled the record that they should store; nil before.
    var storing: Int?
    /// The peers that were sent the record of a provider, or that confirmed a value.
    var stored: [PeerID] = []
    /// True if the result is known before the lookup is over.
    var isSettled = false
}

/// A result of a member of a DHT. `ticket` is the number that the caller gave.
public enum DHTNews: Equatable, Sendable {
    /// A provider that was found, which no connection has proved.
    public struct Provider: Equatable, Sendable {
        public var peer: PeerID
        public var addresses: [Multiaddr]
    }
    /// A server entered the table.
    case added(PeerID)
    /// A server left the table.
    case removed(PeerID)
    /// A peer was stored as a provider of a key.
    case providerStored([UInt8], by: PeerID)
    /// A peer stored a value at this server.
    case valueStored([UInt8], by: PeerID)
    /// A request of a peer was invalid.
    case refused(PeerID)
    /// The record of this provider was sent to these servers.
    case provided([UInt8], at: [PeerID], ticket: UInt64?)
    case providers([UInt8], [Provider], ticket: UInt64?)
    /// `addresses` is nil if the peer was not found.
    case peer(PeerID, addresses: [Multiaddr]?, ticket: UInt64?)
    /// These servers confirmed a value. `isValid` is false if the value was not sent, because it is invalid or the own
    /// one is better.
    case put([UInt8], at: [PeerID], isValid: Bool, ticket: UInt64?)
    /// The best value; nil if no value was found.
    case value([UInt8], [UInt8]?, ticket: UInt64?)
    /// A refresh of the table ended, with the number of servers that answered.
    case refreshed(Int)
}
