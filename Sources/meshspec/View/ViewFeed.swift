import Capture
import Glibc
import Synchronization

/// A queue of messages from the thread that reads a capture to the thread that shows them. Its size is bounded: the
/// reader waits until messages are taken.
final class ViewFeed: Sendable {
    /// The updates since the last call of `take`.
    struct News: Sendable {
        var messages: [CapturedMessage] = []
        /// The total number of packets.
        var packets = 0
        /// The total number of lost packets.
        var lost = 0
        /// Descriptions of problems of the capture, one line each.
        var complaints: [String] = []
        /// The number of problems that are left out.
        var omitted = 0
        /// True if no more messages will follow.
        var isOver = false
        /// The reason why the capture could not be opened.
        var failure: CommandError?
    }
    /// The largest size of waiting messages in bytes, without the last message.
    private static let limit = 4 << 20
    /// The largest number of problems that are kept until the end.
    private static let complaintLimit = 100

    private struct State {
        var news = News()
        var bytes = 0
        var complaints = 0
        var isOpen = true
        /// True if there is a byte in the pipe `ready`.
        var isTold = false
        /// True if the reader waits for a byte in the pipe `room`.
        var isWaiting = false
    }
    private let state = Mutex(State())
    private let ready: (read: Int32, write: Int32)
    private let room: (read: Int32, write: Int32)

    /// Creates an empty queue.
    init() throws(CommandError) {
        func made(isBlocking: Bool) throws(CommandError) -> (Int32, Int32) {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else {
                throw CommandError(.system, "cannot make a pipe: \(String(cString: strerror(errno)))")
            }
            for end in ends {
                _ = fcntl(end, F_SETFD, FD_CLOEXEC)
                if !isBlocking { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
            }
            return (ends[0], ends[1])
        }
        ready = try made(isBlocking: false)
        room = try made(isBlocking: true)
    }
    deinit { for fd in [ready.read, ready.write, room.read, room.write] { Glibc.close(fd) } }

    // MARK: - For the thread that shows

    /// A descriptor that is readable if there are updates.
    var descriptor: Int32 { ready.read }
    /// Returns all updates.
    func take() -> News {
        state.withLock { state in
            if state.isTold {
                var byte: UInt8 = 0
                _ = read(ready.read, &byte, 1)
                state.isTold = false
            }
            wake(&state)
            state.bytes = 0
            let news = state.news
            (state.news.messages, state.news.complaints) = ([], [])
            return news
        }
    }
    /// Closes the queue. No more messages are taken.
    func close() {
        state.withLock { state in
            state.isOpen = false
            wake(&state)
        }
    }
    private func wake(_ state: inout State) {
        guard state.isWaiting else { return }
        state.isWaiting = false
        var byte: UInt8 = 0
        _ = write(room.write, &byte, 1)
    }

    // MARK: - For the thread that reads

    var isOpen: Bool { state.withLock { $0.isOpen } }
    /// Adds a message; waits while there is no room for more.
    func put(_ message: CapturedMessage) {
        let waits = state.withLock { state in
            guard state.isOpen else { return false }
            state.news.messages.append(message)
            state.bytes += message.bytes.count + MemoryLayout<Record>.stride
            tell(&state)
            state.isWaiting = state.bytes > Self.limit
            return state.isWaiting
        }
        guard waits else { return }
        var byte: UInt8 = 0
        while read(room.read, &byte, 1) < 0, errno == EINTR {}
    }
    /// Sets the numbers of read and lost packets. This does not wake the other thread.
    func count(packets: Int, lost: Int = 0) {
        state.withLock { ($0.news.packets, $0.news.lost) = (packets, lost) }
    }
    /// Adds a problem of the capture.
    func complain(_ line: String) {
        state.withLock { state in
            state.complaints += 1
            if state.complaints <= Self.complaintLimit {
                state.news.complaints.append(line)
            } else {
                state.news.omitted += 1
            }
            tell(&state)
        }
    }
    /// Marks the end of the messages.
    func finish(failure: CommandError? = nil) {
        state.withLock { state in
            (state.news.isOver, state.news.failure) = (true, failure)
            tell(&state)
        }
    }
    private func tell(_ state: inout State) {
        guard !state.isTold else { return }
        state.isTold = true
        var byte: UInt8 = 0
        _ = write(ready.write, &byte, 1)
    }
}

/// A sink that puts records into a feed.
struct FeedSink: RecordSink {
    let feed: ViewFeed
    /// True if the units of layers are shown even if the messages in them are.
    let showsLayers: Bool

    var isOpen: Bool { feed.isOpen }
    var wantsAnswers: Bool { true }
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        guard showsLayers || !record.isMereCarrier else { return }
        feed.put(CapturedMessage(copy record, bytes.withUnsafeBytes { [UInt8]($0) }))
    }
    mutating func note(_ note: CaptureNote) { feed.complain("frame \(note.frame): \(note.text)") }
}
