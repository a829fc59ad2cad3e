public import Wire

/// Finds nothing: for what has no requirements that a capture could tell of.
public struct SilentObserver: Observer {
    public init() {}
    public mutating func miss() {}
    public mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {}
}
