import Node

/// The numbers of the protocol and of the reference node.
enum Limits {
    /// The maximum number of bytes of a message that the node sends: 1,500 of Ethernet without the headers of IP and UDP.
    static var message: Int { 1472 }
    /// The maximum number of bytes of any message, with the headers of IP and UDP (RFC 6762, section 17).
    static var anyMessage: Int { 9000 }
    /// The maximum number of bytes of a string of a TXT record.
    static var string: Int { 255 }
    /// The number of seconds for which the node's records are valid.
    static var ttl: UInt32 { 120 }
    /// The maximum lifetime of what other peers announce, 75 minutes (RFC 6762, section 10).
    static var lifetime: Duration { .seconds(4500) }
    /// The time after a goodbye for which a peer stays known (RFC 6762, section 10.1).
    static var goodbye: Duration { .seconds(1) }
    /// The number of letters and digits of a random peer-name.
    static var nameCount: Int { 32 }
    /// The interval after the first query; each later one is twice as long.
    static var firstInterval: Duration { .seconds(1) }
    /// The maximum interval between queries.
    static var interval: Duration { .seconds(60) }
    /// The minimum time between two equal answers to the same destination (RFC 6762, section 6).
    static var answerInterval: Duration { .seconds(1) }
    /// The maximum number of peers that the node remembers.
    static var peers: Int { 1024 }
    /// The maximum number of peers that it remembers from the messages of one address.
    static var peersPerSource: Int { 64 }
    /// The maximum number of addresses of a peer.
    static var addresses: Int { 32 }
    /// The maximum number of A and AAAA records that the node sends.
    static var hostAddresses: Int { 8 }
    /// The maximum number of questions of one message that the node answers.
    static var questions: Int { 16 }
    /// The maximum number of recent answers that the node remembers. While they are more, it answers no others.
    static var recentAnswers: Int { 4096 }

    /// The names of times for expressions of scenarios.
    static let durations: [(name: String, duration: Duration)] = [
        ("first_interval", firstInterval), ("longest_interval", interval), ("answer_interval", answerInterval),
        ("record_ttl", .seconds(Int64(ttl))),
    ]
}
