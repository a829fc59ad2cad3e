/// Has records worked on by several threads, and hands on what they made in the order of the records.
///
/// The thread that calls it reads: it collects records to batches, and works on them as well when the others do not
/// keep up. Until `Size.quiet` bytes came it is alone, so that a small capture does not pay for threads. What waits is
/// bounded by the number of batches, whose memory is used again.
public final class RecordPipeline: RecordSink {
    /// How much goes from thread to thread at a time.
    public struct Size: Hashable, Sendable {
        /// Records of a batch at most.
        public var records = 128
        /// Bytes of them, which the last one may exceed.
        public var bytes = 24 << 10
        /// Bytes of records before there are threads.
        public var quiet = 1 << 20
        /// The sizes above.
        public init() {}
    }
    private let state: PipelineState
    private let threads: Int
    private let size: Size
    private let isPrompt: Bool
    private var work: any RecordWork
    /// The batch that is being filled.
    private var batch: RecordBatch?
    private var quiet = 0
    private var group = ThreadGroup()

    /// For `threads` threads, the calling one among them. `isPrompt`: a record is a batch of its own. `write`
    /// is called by one thread at a time, in order, with what was made of a batch, which it leaves empty, and the
    /// number of records that were chosen; it returns false when nobody takes it any more.
    public init(
        threads: Int, isPrompt: Bool, size: Size = Size(), work: @escaping @Sendable () -> any RecordWork,
        write: @escaping (_ bytes: inout [UInt8], _ chosen: Int) -> Bool
    ) {
        self.threads = threads
        self.isPrompt = isPrompt
        self.size = size
        self.work = work()
        state = PipelineState(capacity: 2 * max(2, threads) + 2, work, write)
    }
    deinit { stop() }

    /// False once nobody takes what is made.
    public var isOpen: Bool { state.isOpen }
    /// Takes a copy of a record and its bytes.
    public func record(_ record: borrowing Record, _ bytes: RawSpan) {
        let batch = filling()
        batch.append(record, bytes)
        if isPrompt || batch.count >= size.records || batch.byteCount >= size.bytes { handOn(batch) }
    }
    /// Text that goes out before the next record, or as the last of all.
    public func text(_ text: String) {
        let batch = filling()
        batch.append(text)
        if isPrompt { handOn(batch) }
    }
    /// Waits until all is handed on, and ends the threads. Nothing may follow.
    public func finish() {
        if let batch {
            self.batch = nil
            state.pass(batch)
        }
        state.finish(&work)
        stop()
    }

    /// The batch that is being filled.
    private func filling() -> RecordBatch {
        let batch = batch ?? state.take(&work)
        self.batch = batch
        return batch
    }
    private func handOn(_ batch: RecordBatch) {
        self.batch = nil
        guard group.isEmpty else { return state.pass(batch) }
        quiet &+= batch.byteCount
        state.make(batch, &work)
        if quiet >= size.quiet { begin() }
    }
    private func begin() {
        let state = state
        for _ in 1..<max(2, threads) where !group.start({ state.run() }) { break }
        // None to be had: it stays alone, and does not ask again for long.
        if group.isEmpty { quiet = -(1 << 40) }
    }
    private func stop() {
        guard !group.isEmpty else { return }
        state.end()
        group.join()
    }
}
