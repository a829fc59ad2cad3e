import Node
import Wire

/// Two addresses between which datagrams go, in any direction.
struct AddressPair: Hashable, Sendable {
    var low: Endpoint
    var high: Endpoint
    init(_ a: Endpoint, _ b: Endpoint) { (low, high) = a < b ? (a, b) : (b, a) }
}

/// The two ufrags of an ICE session, in any order. All address pairs of a session have the same (RFC 8445, section 7.2.2).
struct ICESession: Hashable, Sendable {
    var low: String
    var high: String
    init(_ a: String, _ b: String) { (low, high) = a < b ? (a, b) : (b, a) }
}

/// What is known of the datagrams between two addresses.
struct PeerPath: Sendable {
    /// The DTLS association on it; nil if none was seen.
    var association: Int?
    /// True if the lower address is the side `us` of the association.
    var isLowUs = true
    /// The ufrags of both sides by address, from the names in STUN requests.
    var lowUfrag: String?
    var highUfrag: String?
    /// The number of records in a row that the association could not decrypt.
    var failures = 0
    var lastUsed = 0

    /// Returns the side of an address.
    func side(_ end: Endpoint, in pair: AddressPair) -> Opener { (end == pair.low) == isLowUs ? .us : .them }
    /// The ICE session; nil if no STUN request was seen.
    var session: ICESession? {
        if let lowUfrag, let highUfrag { ICESession(lowUfrag, highUfrag) } else { nil }
    }
    /// Notes the USERNAME of a request: the ufrag of the receiver, a colon, and the ufrag of the sender.
    mutating func note(username: String, from source: Endpoint, in pair: AddressPair) {
        let parts = username.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2 else { return }
        let (receiver, sender) = (parts[0], parts[1])
        (lowUfrag, highUfrag) = source == pair.low ? (sender, receiver) : (receiver, sender)
    }
    /// Binds it to an association in which the sender of a record is `side`.
    mutating func bind(_ number: Int, sender source: Endpoint, as side: Opener, in pair: AddressPair) {
        (association, isLowUs, failures) = (number, (source == pair.low) == (side == .us), 0)
    }
}
