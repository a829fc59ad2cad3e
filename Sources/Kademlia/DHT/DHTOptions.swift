import Node

/// The options of a member of a DHT. go-libp2p-kad-dht and the public DHT have the same defaults.
public struct DHTOptions: Sendable {
    /// The id of the protocol, which alone separates one DHT from another.
    public var protocolID = Self.id(prefix: publicPrefix)
    /// True if it answers requests, and so is in the tables of others.
    public var isServer = true
    /// k: the maximum number of peers of a bucket and of an answer, and of the peers that store a record.
    public var bucketSize = 20
    /// alpha: the maximum number of unanswered requests of a lookup.
    public var parallelism = 10
    /// The time for the answer to a request.
    public var requestPatience = Duration.seconds(10)
    /// The time for a connection with a peer that is asked.
    public var dialPatience = Duration.seconds(10)
    /// The time after which a server ends a stream without requests.
    public var streamPatience = Duration.seconds(60)
    /// The time for a whole operation.
    public var taskPatience = Duration.seconds(60)
    /// The interval between refreshes of the table; nil: the node does not refresh it.
    public var refresh: Duration? = .seconds(600)
    public var providerLifetime = Duration.seconds(48 * 3600)
    public var addressLifetime = Duration.seconds(24 * 3600)
    public var valueLifetime = Duration.seconds(48 * 3600)
    /// The interval after which a provider repeats its record.
    public var republish = Duration.seconds(22 * 3600)
    /// The interval after which a member advertises itself again in a namespace.
    public var advertising = Duration.seconds(9450)
    /// The longest time between searches for the members of a namespace.
    public var searchPause = Duration.seconds(60)
    /// True if the namespace `seq` is known (`Validators.hasSequences`).
    public var hasSequences = true
    /// True if addresses of private networks and of this machine are neither stored nor sent.
    public var isPublic = false
    /// The maximum number of streams of one peer on which it asks at a time.
    public var streamLimit = 64

    /// Creates the defaults.
    public init() {}
    /// The prefixes of the protocol ids of known DHTs by their names.
    public static let prefixes = [
        "ipfs": publicPrefix, "lan": "/ipfs/lan", "meshspec": "/meshspec", "dxos": "/dxos", "lib2p2": "/lib2p2",
    ]
    private static let publicPrefix = "/ipfs"
    /// Creates the options of a server in the DHT of this name; nil if `prefixes` does not have it.
    public init?(network: String) {
        guard let prefix = Self.prefixes[network] else { return nil }
        protocolID = Self.id(prefix: prefix)
        // The public DHT has `pk` and `ipns` only.
        hasSequences = !prefix.hasPrefix(Self.publicPrefix)
    }
    /// Returns the id of the DHT with a prefix (ipfs/specs, kad-dht, "Identifiers").
    public static func id(prefix: String) -> String { prefix + suffix }
    /// Returns true if this is the id of a DHT with any prefix.
    public static func isID(_ id: String) -> Bool { id.utf8.count > suffix.utf8.count && id.hasSuffix(suffix) }
    private static let suffix = "/kad/1.0.0"
    /// The maximum number of peers of an answer that a lookup follows.
    static let heardLimit = 40
}
