/// What a hub bears.
enum Limits {
    /// Bytes of a message: 1 MiB.
    static let message = 1 << 20
    /// Bytes that may wait for a client that does not read.
    static let unsent = 8 << 20
    /// Signals that are remembered because they were relayed.
    static let relays = 100_000
}
