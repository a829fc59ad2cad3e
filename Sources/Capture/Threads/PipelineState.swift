internal import Synchronization

/// The state that the threads of a `RecordPipeline` share.
///
/// It is Sendable although the compiler cannot check it: mutable state is accessed only while the lock is held. A batch
/// belongs to the thread that took it, which passes it on while it holds the lock. The same is true of the right to
/// write.
final class PipelineState: @unchecked Sendable {
    /// True while the output is accepted.
    var isOpen: Bool { open.load(ordering: .relaxed) }
    private let open = Atomic<Bool>(true)
    private let gate = Lock()
    private let capacity: Int
    private let makeWork: @Sendable () -> any RecordWork
    private let write: (inout [UInt8], Int) -> Bool
    /// The number of batches that exist.
    private var created = 0
    private var free: [RecordBatch] = []
    /// The few batches that no thread works on yet, oldest first.
    private var filled: [RecordBatch] = []
    /// The batches that wait to be written, by their serial numbers.
    private var made: [RecordBatch?]
    /// The number of batches that have a serial number. `written` is the number of batches that were written.
    private var sealed = 0
    private var written = 0
    private var isWriting = false
    private var isEnding = false

    init(
        capacity: Int, _ work: @escaping @Sendable () -> any RecordWork,
        _ write: @escaping (inout [UInt8], Int) -> Bool
    ) {
        self.capacity = capacity
        makeWork = work
        self.write = write
        made = [RecordBatch?](repeating: nil, count: capacity)
    }

    // MARK: - The thread that reads

    /// Returns an empty batch. Works on other batches until there is one.
    func take(_ work: inout any RecordWork) -> RecordBatch {
        gate.lock()
        defer { gate.unlock() }
        while true {
            if let batch = free.popLast() { return batch }
            if created < capacity {
                created += 1
                return RecordBatch()
            }
            // The other threads do not keep up.
            if let batch = next() { make(batch, with: &work) } else { gate.wait(for: .progress) }
        }
    }
    /// Passes a batch to any thread that is free.
    func pass(_ batch: RecordBatch) {
        gate.lock()
        seal(batch)
        filled.append(batch)
        gate.signal(.work)
        gate.unlock()
    }
    /// Works on a batch at once.
    func make(_ batch: RecordBatch, _ work: inout any RecordWork) {
        gate.lock()
        seal(batch)
        make(batch, with: &work)
        gate.unlock()
    }
    /// Works on the remaining batches, and waits until all are written.
    func finish(_ work: inout any RecordWork) {
        gate.lock()
        while let batch = next() { make(batch, with: &work) }
        while written < sealed { gate.wait(for: .progress) }
        gate.unlock()
    }
    /// Lets the other threads return when there is no work left.
    func end() {
        gate.lock()
        isEnding = true
        gate.broadcast(.work)
        gate.unlock()
    }

    // MARK: - The other threads

    /// Works until the end.
    func run() {
        var work = makeWork()
        gate.lock()
        while true {
            if let batch = next() {
                make(batch, with: &work)
            } else if isEnding {
                break
            } else {
                gate.wait(for: .work)
            }
        }
        gate.unlock()
    }

    // MARK: - Functions that need the lock

    private func seal(_ batch: RecordBatch) {
        batch.serial = sealed
        sealed += 1
    }
    /// Returns the oldest batch that no thread works on.
    private func next() -> RecordBatch? { filled.isEmpty ? nil : filled.removeFirst() }
    /// Works on a batch with the lock released. Then writes the next batches, unless another thread is writing.
    private func make(_ batch: RecordBatch, with work: inout any RecordWork) {
        gate.unlock()
        if isOpen { batch.make(with: &work) }
        gate.lock()
        made[batch.serial % capacity] = batch
        while !isWriting, let due = made[written % capacity] {
            made[written % capacity] = nil
            isWriting = true
            gate.unlock()
            if isOpen, !write(&due.output, due.chosen) {
                open.store(false, ordering: .relaxed)
            }
            due.clear()
            gate.lock()
            isWriting = false
            written += 1
            free.append(due)
            gate.signal(.progress)
        }
    }
}
