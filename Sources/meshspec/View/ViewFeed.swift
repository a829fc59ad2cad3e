import Capture
import Glibc
import Synchronization

/// Messages on their way from the thread that reads a capture to the one that shows them. What waits is bounded: whoever
/// reads waits until it is taken.
final class ViewFeed: Sendable {
    /// What came since it was asked for.
    struct News: Sendable {
        var messages: [CapturedMessage] = []
        /// In all.
        var packets = 0
        /// Packets that were lost, in all.
        var lost = 0
        /// What is wrong with the capture, a line each.
        var complaints: [String] = []
        /// Complaints that are left out.
        var omitted = 0
        /// Nothing more will come.
        var isOver = false
        /// Why the capture could not be opened.
        var failure: String?
    }
    /// Bytes of messages that wait at most, beside the last one.
    private static let limit = 4 << 20
    /// Complaints that are kept until the end.
    private static let complaintLimit = 100

    private struct State {
        var news = News()
        var bytes = 0
        var complaints = 0
        var isOpen = true
        /// A byte is in the pipe `ready`.
        var isTold = false
        /// The reader waits for a byte in the pipe `room`.
        var isWaiting = false
    }
    private let state = Mutex(State())
    private let ready: (read: Int32, write: Int32)
    private let room: (read: Int32, write: Int32)

    /// Nothing came yet.
    init() throws(CommandError) {
        func made(isBlocking: Bool) throws(CommandError) -> (Int32, Int32) {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else {
                throw CommandError("cannot make a pipe: \(String(cString: strerror(errno)))")
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

    // MARK: - Who shows

    /// Readable when there is news.
    var descriptor: Int32 { ready.read }
    /// All that came.
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
    /// Nobody takes any more.
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

    // MARK: - Who reads

    var isOpen: Bool { state.withLock { $0.isOpen } }
    /// Hands on a message; waits while there is no room for more.
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
    /// Tells how much was read, and lost. Not at once.
    func count(packets: Int, lost: Int = 0) {
        state.withLock { ($0.news.packets, $0.news.lost) = (packets, lost) }
    }
    /// Tells what is wrong with the capture.
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
    /// Nothing more will come.
    func finish(failure: String? = nil) {
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

/// Puts records into a feed.
struct FeedSink: RecordSink {
    let feed: ViewFeed
    /// Units of layers too, although what they carry is there.
    let showsLayers: Bool

    var isOpen: Bool { feed.isOpen }
    mutating func record(_ record: borrowing Record, _ bytes: RawSpan) {
        guard showsLayers || !record.isMereCarrier else { return }
        feed.put(CapturedMessage(copy record, bytes.withUnsafeBytes { [UInt8]($0) }))
    }
    mutating func note(_ note: CaptureNote) { feed.complain("frame \(note.frame): \(note.text)") }
}
