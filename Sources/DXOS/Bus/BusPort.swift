/// What a host wants of the bus between hosts. This and `BusEvent` are the port: a host knows nothing else of a bus, so
/// that another one, such as gossipsub, can carry the same.
enum BusCall: Equatable, Sendable {
    case subscribe(Topic)
    case unsubscribe(Topic)
    /// An encoded SwarmEvent, HostEvent or PeerEvent, as the topic has it. `about`: of what is about the same the last
    /// one counts, and a host whose subscription was on its way is to have it; nil: it is for who is subscribed now.
    case publish(Topic, [UInt8], about: [UInt8]?)
}

/// What a bus tells a host.
enum BusEvent: Equatable, Sendable {
    /// Something that another host published. A bus may give a host what that published itself; of messages to peers it
    /// must not, since one cannot be told from the same once more.
    case published(Topic, [UInt8])
    /// Another host has this topic that could not hear what was published before: it is to be told again.
    case resumed(Topic)
}
