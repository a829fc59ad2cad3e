import Glibc
import Node
import Report
import Wire

/// A queue of the events of a node for standard output, one on each line. The node never waits for a reader. Unread
/// events are kept up to a limit; further ones are dropped and counted.
final class EventOutput {
    /// The largest number of bytes that are kept.
    static let limit = 1 << 20
    /// The number of bytes that a pipe with room accepts at once.
    private static let piece = 4096
    private let descriptor: Int32
    private let isSocket: Bool
    private var isOwn = false
    private var pending: [UInt8] = []
    /// The number of bytes of `pending` that are written.
    private var done = 0
    private var isOpen = true
    /// The reason why writing has stopped; nil if the reader closed its end.
    private(set) var failure: String?
    /// The number of events that were dropped since the last report of drops.
    private var dropped: UInt64 = 0

    init(_ descriptor: Int32 = 1) {
        signal(SIGPIPE, SIG_IGN)
        var s = stat()
        let kind = fstat(descriptor, &s) == 0 ? s.st_mode & S_IFMT : 0
        isSocket = kind == S_IFSOCK
        // A descriptor that is not writable, for example one that was closed, must not become writable.
        let mayWrite = fcntl(descriptor, F_GETFL) & O_ACCMODE != O_RDONLY
        // A reopened descriptor can be non-blocking. The given one is shared with other processes.
        let own =
            mayWrite && (kind == S_IFIFO || kind == S_IFCHR)
            ? open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1
        isOwn = own >= 0
        self.descriptor = isOwn ? own : descriptor
    }
    deinit { if isOwn { close(descriptor) } }

    /// True if events wait to be written.
    var isWaiting: Bool { isOpen && !pending.isEmpty }

    func tell(_ name: String, at now: Instant, on link: LinkID?, _ details: [Value.Entry]) {
        guard isOpen else { return }
        work()
        // The number of dropped events precedes the next event that is kept. A report for each drop would use the room
        // of events.
        let lost = dropped > 0 ? Self.line("dropped", at: now, on: nil, [.init("count", .uint(dropped))]) : []
        dropped = keep(lost + Self.line(name, at: now, on: link, details)) ? 0 : dropped + 1
        work()
    }
    private static func line(_ name: String, at now: Instant, on link: LinkID?, _ details: [Value.Entry]) -> [UInt8] {
        var entries: [Value.Entry] = [
            .init("event", .text(name)), .init("milliseconds", .int(now.nanoseconds / 1_000_000)),
        ]
        if let link { entries.append(.init("link", .uint(link.number))) }
        return RunEvents.line(.map(entries + details))
    }
    private func keep(_ line: [UInt8]) -> Bool {
        guard pending.isEmpty || pending.count - done + line.count <= Self.limit else { return false }
        if done > 0 { pending.removeFirst(done) }
        done = 0
        pending += line
        return true
    }
    /// Writes the bytes that the reader accepts at once.
    func work() {
        while isWaiting {
            let count = min(Self.piece, pending.count - done)
            guard hasRoom, case let n = write(count), n != 0 else { return }
            if n > 0 {
                done += n
            } else if errno == EAGAIN {
                return
            } else if errno != EINTR {
                let code = errno
                isOpen = false
                if code != EPIPE { failure = String(cString: strerror(code)) }
            }
            guard done == pending.count else { continue }
            pending.removeAll(keepingCapacity: true)
            done = 0
        }
    }
    private func write(_ count: Int) -> Int {
        pending.withUnsafeBytes { p in
            let start = p.baseAddress?.advanced(by: done)
            return isSocket
                ? send(descriptor, start, count, Int32(MSG_DONTWAIT)) : Glibc.write(descriptor, start, count)
        }
    }
    /// True if a write would not block. A descriptor of its own and a socket are non-blocking anyway.
    private var hasRoom: Bool {
        if isOwn || isSocket { return true }
        var p = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&p, 1, 0) != 0
    }
    /// Ends the output. The reader has a moment to read the rest.
    func finish(_ now: Instant) {
        if dropped > 0, isOpen {
            // A reader that starts late must also learn the number.
            pending += Self.line("dropped", at: now, on: nil, [.init("count", .uint(dropped))])
        }
        for _ in 0..<40 {
            work()
            guard isWaiting else { return }
            usleep(5_000)
        }
    }
}
