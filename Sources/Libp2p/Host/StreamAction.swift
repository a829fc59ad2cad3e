/// What whoever speaks on a stream of a host wants done there.
public enum StreamAction: Equatable, Sendable {
    case send([UInt8], HostStream)
    /// This side says no more.
    case end(HostStream)
    /// Neither side does.
    case reset(HostStream)
}
