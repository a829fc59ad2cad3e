internal import CLinux
internal import Synchronization

/// What the threads of a `LaneReader` share.
///
/// Sendable although the compiler cannot see it: what changes is touched with the lock held only. A lane's connections
/// and sink belong to the thread that made it busy, a batch to the thread that reads the capture while it is filled, and
/// to nobody while lanes read it.
final class LaneState<Sink: RecordSink>: @unchecked Sendable {
    private final class Lane {
        var table: FlowTable
        var sink: Sink
        /// Batches that it has not read, oldest first; a few.
        var queue: [PacketBatch] = []
        /// It is being read, or waits for it among those that are ready.
        var isBusy = false
        /// What it keeps, as it was told last.
        var kept = (memory: 0, flows: 0)
        init(_ table: FlowTable, _ sink: Sink) { (self.table, self.sink) = (table, sink) }
    }
    /// Connections keep so much that one might be given up if they were read as one.
    var isOver: Bool { over.load(ordering: .relaxed) }
    private let over = Atomic<Bool>(false)
    private let gate = Lock()
    private let lanes: [Lane]
    private let limits: CaptureLimits
    private let capacity: Int
    /// Grows with all that somebody may wait for.
    private let changes = Atomic<Int>(0)
    private var created = 0
    private var free: [PacketBatch] = []
    /// Lanes with something to read, longest waiting first.
    private var ready: [Int] = []
    /// Lanes that are being read.
    private var busy = 0
    private var kept = (memory: 0, flows: 0)
    private var isEnding = false
    private var idle = 0
    private var readerWaits = false

    init(_ table: FlowTable, _ limits: CaptureLimits, capacity: Int, _ sink: () -> Sink) {
        lanes = (0..<FlowLane.count).map { _ in Lane(table, sink()) }
        self.limits = limits
        self.capacity = capacity
    }

    // MARK: - The thread that reads the capture

    /// An empty batch. Works for lanes until there is one.
    func take() -> PacketBatch {
        gate.lock()
        while free.isEmpty, created == capacity { if !workOnce(), !lookAgain() { waitForRoom() } }
        let batch = free.popLast()
        if batch == nil { created += 1 }
        gate.unlock()
        batch?.clear()
        return batch ?? PacketBatch()
    }
    /// Gives a batch to the lanes.
    func pass(_ batch: PacketBatch) {
        gate.lock()
        batch.remaining = batch.items.count { !$0.isEmpty }
        for (number, lane) in lanes.enumerated() where !batch.items[number].isEmpty {
            lane.queue.append(batch)
            guard !lane.isBusy else { continue }
            lane.isBusy = true
            ready.append(number)
        }
        if batch.remaining == 0 { free.append(batch) }
        changes.add(1, ordering: .relaxed)
        if idle > 0 { gate.broadcast(.work) }
        gate.unlock()
    }
    /// Works for lanes until nothing is left to read.
    func drain() {
        gate.lock()
        while !ready.isEmpty || busy > 0 { if !workOnce(), !lookAgain() { waitForRoom() } }
        gate.unlock()
    }
    /// Lets the other threads return.
    func end() {
        gate.lock()
        isEnding = true
        changes.add(1, ordering: .relaxed)
        gate.broadcast(.work)
        gate.unlock()
    }
    /// Finishes all connections, when nothing is left to read behind the last packet. Returns the sinks, in the order of lanes.
    func finish(at mark: Mark, _ tally: inout Tally) -> [Sink] {
        for lane in lanes {
            lane.table.pass(mark)
            lane.table.finish(&lane.sink)
            tally.add(flowsOf: lane.table.tally)
        }
        return lanes.map(\.sink)
    }

    // MARK: - The other threads

    /// Works until the end.
    func run() {
        gate.lock()
        while !isEnding {
            if workOnce() || lookAgain() { continue }
            idle += 1
            gate.wait(for: .work)
            idle -= 1
        }
        gate.unlock()
    }

    // MARK: - With the lock held

    /// Gives up the lock for a moment, in which something may change: true then. To sleep and be woken takes longer than most
    /// of what one waits for.
    private func lookAgain() -> Bool {
        let seen = changes.load(ordering: .relaxed)
        gate.unlock()
        for _ in 0..<Self.looks {
            guard changes.load(ordering: .relaxed) == seen else { break }
            linux_pause()
        }
        gate.lock()
        return changes.load(ordering: .relaxed) != seen
    }
    private static var looks: Int { 1000 }
    private func waitForRoom() {
        readerWaits = true
        gate.wait(for: .room)
        readerWaits = false
    }
    /// Lets a lane read all the batches it has, with the lock given up; false when none has one to read.
    private func workOnce() -> Bool {
        guard !ready.isEmpty else { return false }
        let number = ready.removeFirst()
        let lane = lanes[number]
        // Not one at a time: to take the lock and find a lane takes as long as a few packets.
        var batches: [PacketBatch] = []
        swap(&batches, &lane.queue)
        busy += 1
        gate.unlock()
        // Beyond the limits nothing of it is used.
        for batch in batches where !isOver { batch.read(number, &lane.table, &lane.sink) }
        let now = lane.table.kept
        gate.lock()
        busy -= 1
        kept.memory += now.memory - lane.kept.memory
        kept.flows += now.flows - lane.kept.flows
        lane.kept = now
        // Half, because between two looks there may be more.
        if kept.memory > limits.memory / 2 || kept.flows > limits.flows / 2 || lane.table.tally.flowsGivenUp > 0 {
            over.store(true, ordering: .relaxed)
        }
        if lane.queue.isEmpty { lane.isBusy = false } else { ready.append(number) }
        for batch in batches {
            batch.remaining -= 1
            if batch.remaining == 0 { free.append(batch) }
        }
        if lane.queue.isEmpty {
            // Its memory, not what was in it.
            batches.removeAll(keepingCapacity: true)
            swap(&batches, &lane.queue)
        }
        changes.add(1, ordering: .relaxed)
        if readerWaits { gate.signal(.room) }
        return true
    }
}
