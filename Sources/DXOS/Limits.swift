/// The sizes and times of a node. A value without a source is our own choice.
enum Limits {
    /// The maximum number of open streams of a connection; further calls are answered with an error.
    static let streams = 10_000
    /// The maximum number of topics that a host may request on a connection.
    static let topics = 1 << 17
    /// The maximum number of bytes of a key. Keys have 32 bytes in practice, but are opaque to a server.
    static let key = 1024
    /// The maximum number of bytes that a publication has in addition to the message to a peer in it.
    static let envelope = 64
    /// The maximum number of members of a swarm that a client remembers for each of its streams.
    static let members = 1 << 16
    /// The maximum number of bytes that may wait for a client that does not read; more end its connection.
    static let unsent = 8 << 20
    /// The number of leave events that a server sends before it serves its connections again, if many members leave at
    /// the same time.
    static let noticesAtOnce = 2000
    /// The time that a server waits with further leave events after these, if callers close many streams at once.
    static let gathering = Duration.milliseconds(20)
    /// The time from the first `dxos.open` to the second; it doubles with each repetition (rpc.ts).
    static let openInterval = Duration.milliseconds(50)
    /// The time after which `dxos.open` is not repeated any more.
    static let openPatience = Duration.seconds(30)
    /// The maximum time that a client waits before it connects again (signal-client.ts).
    static let reconnect = Duration.seconds(5)
    /// The time between two `__ping__` of a client (signal-rpc-client.ts).
    static let keepalive = Duration.seconds(10)
    /// The time that a client waits for the answer to a unary call (rpc.ts, DEFAULT_TIMEOUT).
    static let unary = Duration.seconds(3)
    /// The time that a client waits for a stream to be ready (signal-client.ts).
    static let ready = Duration.seconds(5)
}
