/// An action on a stream of a host, requested by the code that uses the stream.
public enum StreamAction: Equatable, Sendable {
    case send([UInt8], HostStream)
    /// Ends this side's direction.
    case end(HostStream)
    /// Ends both directions.
    case reset(HostStream)
}
