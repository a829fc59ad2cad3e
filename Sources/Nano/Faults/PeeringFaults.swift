// The faults about peers.
extension Misbehaviour {
    /// Which requirement is broken, and how; nil for faults about something else.
    var peeringText: (String, String)? {
        switch self {
        case .keepalivePortSwapped: ("NANO-46 NANO-50", "writes the ports of a keepalive big-endian")
        case .keepaliveUnmapped: ("NANO-46 NANO-50", "writes IPv4 addresses of a keepalive without their prefix")
        case .hearsPortSwapped: ("NANO-48 NANO-46", "reads the ports of a keepalive big-endian")
        case .hearsUnmapped: ("NANO-48 NANO-46", "does not take IPv4 addresses behind their prefix for such")
        case .goesQuiet: ("NANO-47", "sends nothing unasked after its first keepalive and telemetry")
        case .keepaliveSlow: ("NANO-47", "sends keepalives in three times the period")
        case .ignoresNamedPeers: ("NANO-48", "does not contact the peers that a keepalive names")
        case .contactsFirstNamed: ("NANO-48", "contacts the first peer that a keepalive names only")
        case .ignoresLastSlot: ("NANO-48", "does not look at the last slot of a keepalive")
        case .contactsLate: ("NANO-48", "contacts peers that a keepalive names after 12 s (4 s on dev)")
        case .attemptsForEver: ("NANO-48", "never contacts a peer again that a keepalive names")
        case .reservesTooMuch: ("NANO-48", "takes the neighbours of reserved ranges for reserved")
        case .contactsReserved: ("NANO-49", "contacts reserved and unspecified addresses")
        case .contactsThisNetwork: ("NANO-49", "contacts addresses of 0.0.0.0/8")
        case .contactsDocumentation: ("NANO-49", "contacts addresses of 198.51.100.0/24")
        case .contactsTestNetwork: ("NANO-49", "contacts addresses of 203.0.113.0/24")
        case .contactsMulticast: ("NANO-49", "contacts addresses of 224.0.0.0/4")
        case .contactsFuture: ("NANO-49", "contacts addresses of 240.0.0.0/4")
        case .keepsPortsToItself: ("NANO-50", "does not pass on where its peers listen")
        case .passesConnectionPort: ("NANO-50", "passes on the port that a peer connects from")
        case .firstPortOnly: ("NANO-50", "passes on the first port that a peer has named and no later one")
        case .contactsAgain: ("NANO-51", "contacts a peer each time that it is named")
        case .attemptForgottenEarly: ("NANO-51", "remembers attempts for a fifth of the time")
        case .noAddressLimit: ("NANO-52", "serves any number of connections with one address")
        case .addressLimitHigh: ("NANO-52", "serves one connection with one address too many")
        case .addressLimitLow: ("NANO-52", "serves one connection with one address too few")
        case .addressesNeverFreed: ("NANO-52", "counts connections with an address that have ended")
        case .speaksBeyondLimit: ("NANO-52", "sends a keepalive on a connection beyond the limit before it closes it")
        case .dialsOnce: ("NANO-53", "does not contact a configured peer a second time")
        case .dialsLate: ("NANO-53", "contacts a configured peer after 12 s")
        case .forgetsPeers: ("NANO-54", "forgets a peer when its connection ends")
        case .historyLate: ("NANO-54", "looks for peers that are gone every 20 minutes (20 s on dev)")
        case .noRepQuery: ("NANO-55", "does not ask a new connection for votes")
        case .wrongRepRoot: ("NANO-55", "asks for votes on the genesis block by its hash for a root")
        case .repQueryLate: ("NANO-55", "asks a new connection for votes after 6 s (3 s on dev)")
        case .repQueryTwoPairs: ("NANO-55", "asks for votes by two pairs")
        case .repQuerySwapped: ("NANO-55", "asks for votes by root and hash")
        case .noSilenceLimit: ("NANO-56", "keeps silent connections for its own keepalives")
        case .silenceEarly: ("NANO-56", "closes a silent peer after 90 s")
        case .silenceLate: ("NANO-56", "closes a silent peer after 150 s")
        default: nil
        }
    }
}
