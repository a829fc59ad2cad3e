/// A request of a host to the bus between hosts. This and `BusEvent` are the port: a host knows nothing more of a bus,
/// so that another bus, such as gossipsub, can be used.
enum BusCall: Equatable, Sendable {
    case subscribe(Topic)
    case unsubscribe(Topic)
    /// Publishes an encoded SwarmEvent, HostEvent or PeerEvent, depending on the topic. Among publications with the
    /// same `about`, the last one counts. A host whose subscription is on its way receives it too. If `about` is nil,
    /// only present subscribers receive it.
    case publish(Topic, [UInt8], about: [UInt8]?)
}

/// An event from the bus to a host.
enum BusEvent: Equatable, Sendable {
    /// A publication of another host. A bus may return a host's own publications to it, except messages to peers,
    /// because the host cannot distinguish the copy from a second message.
    case published(Topic, [UInt8])
    /// Another host has this topic and may have missed earlier publications. This host publishes its state again.
    case resumed(Topic)
}
