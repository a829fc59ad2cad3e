/// Sizes and times of a node. Where no source is named, the protocol says nothing.
enum Limits {
    /// Streams that a connection may have open; further calls are answered with an error.
    static let streams = 10_000
    /// Topics that a host may want on a connection.
    static let topics = 1 << 17
    /// Bytes of a key: 32 in practice, opaque to a server.
    static let key = 1024
    /// Bytes that may wait for a client that does not read; more end its connection.
    static let unsent = 8 << 20
    /// The leave events that a server sends before it serves its connections again, if many members leave at the same
    /// time.
    static let noticesAtOnce = 2000
    /// From the first `dxos.open` to the second; doubled each time (rpc.ts).
    static let openInterval = Duration.milliseconds(50)
    /// `dxos.open` is repeated no longer than that.
    static let openPatience = Duration.seconds(30)
    /// A client waits no longer than that before it connects again (signal-client.ts).
    static let reconnect = Duration.seconds(5)
    /// Between two `__ping__` of a client (signal-rpc-client.ts).
    static let keepalive = Duration.seconds(10)
    /// How long a client waits for the answer to a unary call (rpc.ts, DEFAULT_TIMEOUT).
    static let unary = Duration.seconds(3)
    /// How long a client waits for a stream to be ready (signal-client.ts).
    static let ready = Duration.seconds(5)
}
