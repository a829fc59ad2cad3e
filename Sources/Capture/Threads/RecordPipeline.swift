/// A pipeline that converts records on several threads and passes on the output in the order of the records.
///
/// The calling thread reads. It collects records in batches, and also converts batches if the other threads do not keep
/// up. Until `Size.quiet` bytes have arrived it works alone, so that a small capture does not pay for threads. The
/// number of batches bounds the memory, which is reused.
public final class RecordPipeline: RecordSink {
    /// The sizes of batches.
    public struct Size: Hashable, Sendable {
        /// The maximum number of records in a batch.
        public var records = 128
        /// The number of bytes at which a batch is full. Its last record may exceed it.
        public var bytes = 24 << 10
        /// The number of bytes of records before threads are started.
        public var quiet = 1 << 20
        /// Creates the default sizes.
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

    /// Creates a pipeline of `threads` threads, including the calling one. `isPrompt`: each record is a batch of its
    /// own. Only one thread at a time calls `write`, in order, with the output of a batch and the number of selected
    /// records. `write` empties the output, and returns false if no more output is needed.
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

    /// True until the output is no longer needed.
    public var isOpen: Bool { state.isOpen }
    /// Adds a copy of a record and its bytes.
    public func record(_ record: borrowing Record, _ bytes: RawSpan) {
        let batch = filling()
        batch.append(record, bytes)
        if isPrompt || batch.count >= size.records || batch.byteCount >= size.bytes { handOn(batch) }
    }
    /// Adds text that is written before the next record, or at the end.
    public func text(_ text: String) {
        let batch = filling()
        batch.append(text)
        if isPrompt { handOn(batch) }
    }
    /// Waits until all output is written, and ends the threads. No calls may follow.
    public func finish() {
        if let batch {
            self.batch = nil
            state.pass(batch)
        }
        state.finish(&work)
        stop()
    }

    /// Returns the batch that is being filled.
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
        // No thread could be started, so the caller works alone and does not try again for long.
        if group.isEmpty { quiet = -(1 << 40) }
    }
    private func stop() {
        guard !group.isEmpty else { return }
        state.end()
        group.join()
    }
}
