public import Wire

/// An observer that finds nothing, for protocols whose requirements cannot be judged from a capture.
public struct SilentObserver: Observer {
    public init() {}
    public mutating func miss() {}
    public mutating func observe(
        _ type: any Message.Type, _ bytes: RawSpan, isGood: Bool, from sender: Opener, at time: Instant,
        into findings: inout [Finding]
    ) {}
}
