import Glibc
import Node
import Report
import Wire

/// Events of a node on their way to standard output, a line each. The node never waits for those who read: what they do
/// not take is kept, up to a limit, and beyond it dropped and counted.
final class EventOutput {
    /// Bytes that are kept.
    static let limit = 1 << 20
    /// What a pipe with room takes at once.
    private static let piece = 4096
    private let descriptor: Int32
    private let isSocket: Bool
    private var isOwn = false
    private var pending: [UInt8] = []
    /// Bytes of `pending` that are written.
    private var done = 0
    private var isOpen = true
    /// Why nothing more is written, unless those who read went away.
    private(set) var failure: String?
    /// Events that were dropped since somebody was told.
    private var dropped: UInt64 = 0

    init(_ descriptor: Int32 = 1) {
        signal(SIGPIPE, SIG_IGN)
        var s = stat()
        let kind = fstat(descriptor, &s) == 0 ? s.st_mode & S_IFMT : 0
        isSocket = kind == S_IFSOCK
        // One that cannot be written to, such as one that was closed, stays so.
        let mayWrite = fcntl(descriptor, F_GETFL) & O_ACCMODE != O_RDONLY
        // Opened anew it can be told not to wait; the one that we were given is others' as well.
        let own =
            mayWrite && (kind == S_IFIFO || kind == S_IFCHR)
            ? open("/proc/self/fd/\(descriptor)", O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC) : -1
        isOwn = own >= 0
        self.descriptor = isOwn ? own : descriptor
    }
    deinit { if isOwn { close(descriptor) } }

    /// Something waits to be taken.
    var isWaiting: Bool { isOpen && !pending.isEmpty }

    func tell(_ name: String, _ now: Instant, _ link: LinkID?, _ details: [Value.Entry]) {
        guard isOpen else { return }
        work()
        // How many were dropped comes before the next one that is not, or the counts would take the room.
        let lost = dropped > 0 ? Self.line("dropped", now, nil, [.init("count", .uint(dropped))]) : []
        dropped = keep(lost + Self.line(name, now, link, details)) ? 0 : dropped + 1
        work()
    }
    private static func line(_ name: String, _ now: Instant, _ link: LinkID?, _ details: [Value.Entry]) -> [UInt8] {
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
    /// Writes what is taken at once.
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
    /// Whether it can be written to without waiting; where that cannot be told otherwise.
    private var hasRoom: Bool {
        if isOwn || isSocket { return true }
        var p = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return poll(&p, 1, 0) != 0
    }
    /// The end: those who read have a moment to take the rest.
    func finish(_ now: Instant) {
        if dropped > 0, isOpen {
            // Those who come late shall know all the same.
            pending += Self.line("dropped", now, nil, [.init("count", .uint(dropped))])
        }
        for _ in 0..<40 {
            work()
            guard isWaiting else { return }
            usleep(5_000)
        }
    }
}
