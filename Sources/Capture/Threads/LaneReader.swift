public import Node

/// Reads a capture with its connections shared out among several threads, for whoever sums up and needs no order: every
/// lane has a sink of its own, which sees the records of its connections in their order.
///
/// What the sinks get is what `FlowTable` hands out, but for the numbers of records and connections, which count in each
/// lane from 1, comments of packets, and notes on fragments, which belong to no connection. The calling thread reads packets and tells their
/// lanes, and works for lanes when the others do not keep up.
public struct LaneReader {
    /// How much goes from thread to thread at a time.
    public struct Size: Hashable, Sendable {
        /// Packets of a batch at most.
        public var packets = 1024
        /// Bytes of them, which the last one may exceed.
        public var bytes = 256 << 10
        /// Bytes of packets before there are threads.
        public var quiet = 1 << 20
        /// The sizes above.
        public init() {}
    }
    /// What a capture came to.
    public struct Outcome<Sink> {
        /// One for each lane.
        public var sinks: [Sink]
        /// What was read.
        public var tally: Tally
        /// What stopped it early, as of `FlowTable.read`.
        public var damage: CaptureError?
    }
    private let table: FlowTable
    private let limits: CaptureLimits
    private let threads: Int
    private let size: Size

    /// As of `FlowTable`; `threads` counts the calling one.
    public init(
        _ definitions: [Definition], rules: [DecodeAs] = [], limits: CaptureLimits = CaptureLimits(),
        scrutiny: Scrutiny = .state, threads: Int, size: Size = Size()
    ) {
        table = FlowTable(definitions, rules: rules, limits: limits, scrutiny: scrutiny)
        self.limits = limits
        self.threads = threads
        self.size = size
    }
    /// Reads a capture to its end. Nil when connections keep so much of it that what is given up depends on all of them:
    /// then it is to be read once more, by a `FlowTable`.
    @_specialize(kind:partial,where Source == CaptureFiles)
    public func read<Source: PacketSource & ~Copyable, Sink: RecordSink & SendableMetatype>(
        _ source: inout Source, sink: () -> Sink
    ) -> Outcome<Sink>? {
        let state = LaneState(table, limits, capacity: 2 * max(2, threads), sink)
        var (tally, fragments) = (Tally(), IPFragments())
        var crew = Crew()
        var last = Mark(frame: 0, time: Timestamp(nanoseconds: 0))
        var damage: CaptureError?
        var (secrets, quiet) = (0, 0)
        var isThere = true
        while isThere, !state.isOver {
            let batch = state.take()
            var packets = 0
            do throws(CaptureError) {
                while packets < size.packets, batch.byteCount < size.bytes {
                    isThere = try source.advance()
                    guard isThere else { break }
                    while secrets < source.secretCount {
                        batch.add(source.secrets(secrets))
                        secrets += 1
                    }
                    last = batch.add(from: source, &fragments, &tally)
                    packets += 1
                }
            } catch {
                (damage, isThere) = (error, false)
            }
            quiet &+= batch.byteCount
            state.pass(batch)
            if crew.isEmpty, quiet >= size.quiet {
                for _ in 1..<max(1, threads) where !crew.start({ state.run() }) { break }
                // None to be had: it stays alone, and does not ask again for long.
                if crew.isEmpty { quiet = -(1 << 40) }
            }
            if crew.isEmpty { state.drain() }
        }
        state.drain()
        if !crew.isEmpty {
            state.end()
            crew.join()
        }
        guard !state.isOver else { return nil }
        fragments.finish()
        tally.lostFragmentedPackets = fragments.givenUp
        return Outcome(sinks: state.finish(at: last, &tally), tally: tally, damage: damage)
    }
}
