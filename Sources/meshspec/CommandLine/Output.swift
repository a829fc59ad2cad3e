import Glibc
import Report

/// Collects text and writes it to a file descriptor in large pieces. A reader that went away (`meshspec ... | head`)
/// is no error: writing stops, `isOpen` tells.
struct Output {
    /// Why nothing more is written.
    enum End: Equatable {
        /// The reader went away.
        case closed
        /// What the system said.
        case failed(String)
    }
    /// Bytes that are collected before they are written.
    static let pieceSize = 64 << 10
    private let descriptor: Int32?
    /// What was not written yet; everything, when there is no descriptor.
    private(set) var pending: [UInt8] = []
    private(set) var end: End?
    var isOpen: Bool { end == nil }

    /// To a file descriptor; without one, into memory.
    init(_ descriptor: Int32?) {
        self.descriptor = descriptor
        // A closed pipe shall show as an error of `write`, not end the process.
        if descriptor != nil { signal(SIGPIPE, SIG_IGN) }
    }
    /// True when somebody watches.
    var isTerminal: Bool { descriptor.map { isatty($0) == 1 } ?? false }

    /// Something else went wrong with what it writes to: what the system just said.
    mutating func fail(_ why: String = String(cString: strerror(errno))) { end = .failed(why) }

    mutating func append(_ text: String) { append { $0 += text.utf8 } }
    /// Lets `body` append bytes; writes when enough came together.
    mutating func append(_ body: (inout [UInt8]) -> Void) {
        body(&pending)
        if pending.count >= Self.pieceSize { flush() }
    }
    /// Writes bytes, behind what is there, and leaves them empty. Many are not copied.
    mutating func write(_ bytes: inout [UInt8]) {
        if bytes.count < Self.pieceSize / 2 || descriptor == nil {
            append { $0 += bytes }
        } else {
            flush()
            swap(&pending, &bytes)
            flush()
            swap(&pending, &bytes)
        }
        bytes.removeAll(keepingCapacity: true)
    }
    /// Writes what is there.
    mutating func flush() {
        guard let descriptor else { return }
        var done = 0
        while done < pending.count, isOpen {
            let n = pending.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress?.advanced(by: done), $0.count - done)
            }
            let code = errno
            if n > 0 {
                done += n
            } else if n < 0, code == EAGAIN {
                // Somebody made the descriptor non-blocking: wait until it takes more.
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&wait, 1, -1)
            } else if n < 0, code != EINTR {
                end = code == EPIPE ? .closed : .failed(String(cString: strerror(code)))
            }
        }
        pending.removeAll(keepingCapacity: true)
    }
}

/// Writes what is left, and gives the exit status: a reader that went away is a clean end, unless the status is a verdict; a full
/// disk is not.
func finished(
    _ status: Int32, _ output: inout Output, _ diagnostics: inout Output, isVerdict: Bool = false
) -> Int32 {
    output.flush()
    defer { diagnostics.flush() }
    switch output.end {
    case nil: return status
    case .closed: return isVerdict ? status : ExitCode.good
    case .failed(let why):
        diagnostics.append("meshspec: cannot write: \(why)\n")
        return ExitCode.environment
    }
}
