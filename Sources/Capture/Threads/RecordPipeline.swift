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
    /// The batch that is being filled, unless all may look into it.
    private var batch: RecordBatch?
    private var quiet = 0
    private var crew = ThreadGroup()

    /// For `threads` threads, the calling one among them. `isPrompt`: no record waits for a batch to be full. `write`
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
        state = PipelineState(capacity: 2 * max(2, threads) + 2, isPrompt: isPrompt, work, write)
    }
    deinit { stop() }

    /// False once nobody takes what is made.
    public var isOpen: Bool { state.isOpen }
    /// Takes a copy of a record and its bytes.
    public func record(_ record: borrowing Record, _ bytes: RawSpan) {
        if isPrompt, !crew.isEmpty {
            let batch = state.share(&work)
            batch.append(record, bytes)
            state.unshare(isFull: isFull(batch))
            return
        }
        let batch = batch ?? state.take(&work)
        self.batch = batch
        batch.append(record, bytes)
        guard isPrompt || isFull(batch) else { return }
        self.batch = nil
        if crew.isEmpty {
            quiet &+= batch.byteCount
            state.make(batch, &work)
            if quiet >= size.quiet { begin() }
        } else {
            state.pass(batch)
        }
    }
    /// Text that goes out before the next record, or as the last of all.
    public func text(_ text: String) {
        if isPrompt, !crew.isEmpty {
            state.share(&work).append(text)
            state.unshare(isFull: false)
        } else {
            let batch = batch ?? state.take(&work)
            batch.append(text)
            self.batch = batch
        }
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

    private func isFull(_ batch: RecordBatch) -> Bool { batch.count >= size.records || batch.byteCount >= size.bytes }
    private func begin() {
        let state = state
        for _ in 1..<max(2, threads) where !crew.start({ state.run() }) { break }
        // None to be had: it stays alone, and does not ask again for long.
        if crew.isEmpty { quiet = -(1 << 40) }
    }
    private func stop() {
        guard !crew.isEmpty else { return }
        state.end()
        crew.join()
    }
}
