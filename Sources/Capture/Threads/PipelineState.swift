internal import Synchronization

/// What the threads of a `RecordPipeline` share.
///
/// Sendable although the compiler cannot see it: what changes is touched with the lock held only. A batch belongs to
/// the thread that took it, which gives it away with the lock held; the same holds for who writes.
final class PipelineState: @unchecked Sendable {
    /// Somebody takes what is made.
    var isOpen: Bool { open.load(ordering: .relaxed) }
    private let open = Atomic<Bool>(true)
    private let gate = Lock()
    private let capacity: Int
    private let makeWork: @Sendable () -> any RecordWork
    private let write: (inout [UInt8], Int) -> Bool
    /// Batches that exist.
    private var created = 0
    private var free: [RecordBatch] = []
    /// Batches that nobody works on yet, oldest first; a few.
    private var filled: [RecordBatch] = []
    /// Batches that wait to be written, by their serial numbers.
    private var made: [RecordBatch?]
    /// Batches that have a serial number, and those that were written.
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

    /// An empty batch. Works on others until there is one.
    func take(_ work: inout any RecordWork) -> RecordBatch {
        gate.lock()
        defer { gate.unlock() }
        while true {
            if let batch = free.popLast() { return batch }
            if created < capacity {
                created += 1
                return RecordBatch()
            }
            // The others are behind.
            if let batch = next() { make(batch, with: &work) } else { gate.wait(for: .progress) }
        }
    }
    /// Leaves a batch to whoever has time.
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
    /// Works on what is left, and waits until all is written.
    func finish(_ work: inout any RecordWork) {
        gate.lock()
        while let batch = next() { make(batch, with: &work) }
        while written < sealed { gate.wait(for: .progress) }
        gate.unlock()
    }
    /// Lets the other threads return when there is nothing left to do.
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

    // MARK: - With the lock held

    private func seal(_ batch: RecordBatch) {
        batch.serial = sealed
        sealed += 1
    }
    /// The oldest batch that nobody works on.
    private func next() -> RecordBatch? { filled.isEmpty ? nil : filled.removeFirst() }
    /// Works on a batch with the lock given up, and writes what is next, unless somebody does.
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
