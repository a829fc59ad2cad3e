import Glibc
import Report

/// A buffer that writes text to a file descriptor in large pieces. If the reader closes its end (`meshspec ... |
/// head`), writing stops without an error, and `isOpen` becomes false.
struct Output {
    /// The reason why writing has stopped.
    enum End: Equatable {
        /// The reader has closed its end.
        case closed
        /// The write failed. The value is the system's message.
        case failed(String)
    }
    /// The number of bytes that are collected before a write.
    static let pieceSize = 64 << 10
    private let descriptor: Int32?
    /// Bytes that are not written yet; all bytes if there is no descriptor.
    private(set) var pending: [UInt8] = []
    private(set) var end: End?
    var isOpen: Bool { end == nil }
    /// The command whose errors are written here; empty for other output.
    private let command: String

    /// Creates a buffer for a file descriptor, or for memory if it is nil. `command` is the command whose errors it
    /// receives.
    init(_ descriptor: Int32?, of command: String = "") {
        self.descriptor = descriptor
        self.command = command
        // A closed pipe must be an error of `write` and must not end the process.
        if descriptor != nil { signal(SIGPIPE, SIG_IGN) }
    }
    /// True if the output is a terminal.
    var isTerminal: Bool { descriptor.map { isatty($0) == 1 } ?? false }

    /// Records another failure of the output; by default with the system's last message.
    mutating func fail(_ why: String = String(cString: strerror(errno))) { end = .failed(why) }

    mutating func append(_ text: String) { append { $0 += text.utf8 } }
    /// Appends an error of the command.
    mutating func report(_ error: CommandError) {
        if let lines = error.lines(command) { append(lines + "\n") }
    }
    /// Lets `body` append bytes, and writes them when there are enough.
    mutating func append(_ body: (inout [UInt8]) -> Void) {
        body(&pending)
        if pending.count >= Self.pieceSize { flush() }
    }
    /// Writes bytes after the pending ones and empties the array. It does not copy a large array.
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
    /// Writes the pending bytes.
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
                // Another program made the descriptor non-blocking: wait until it takes more.
                var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&wait, 1, -1)
            } else if n < 0, code != EINTR {
                end = code == EPIPE ? .closed : .failed(String(cString: strerror(code)))
            }
        }
        pending.removeAll(keepingCapacity: true)
    }
}

/// Flushes the output and returns the exit status. If the reader has closed its end, the command has succeeded, unless
/// `status` is a verdict. A full disk is a failure.
func finished(
    _ status: Int32, _ output: inout Output, _ diagnostics: inout Output, isVerdict: Bool = false
) -> Int32 {
    output.flush()
    defer { diagnostics.flush() }
    switch output.end {
    case nil: return status
    case .closed: return isVerdict ? status : ExitCode.good
    case .failed(let why):
        diagnostics.report(CommandError.unwritten(nil, why))
        return ExitCode.environment
    }
}
