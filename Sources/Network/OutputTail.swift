internal import Glibc
internal import Synchronization

/// The beginning and the end of a command's output. A separate thread reads it, so that the command never waits for us.
final class OutputTail: Sendable {
    /// The maximum number of bytes that are kept from the end.
    static let limit = 4096
    /// The number of bytes kept from the beginning of the output, which may show why the program ends.
    static let head = 1024
    private let kept = Mutex(Kept())
    private let descriptor: Int32

    private struct Kept {
        var head: [UInt8] = []
        var bytes: [UInt8] = []
        /// The number of bytes between them.
        var left = 0
        var isOver = false

        mutating func add(_ new: ArraySlice<UInt8>) {
            let first = new.prefix(OutputTail.head - head.count)
            head += first
            bytes += new.dropFirst(first.count)
            let over = max(0, bytes.count - OutputTail.limit)
            bytes.removeFirst(over)
            left += over
        }
        /// Reads what the command has written so far, at most 1 MiB, which is more than a pipe holds.
        mutating func read(_ descriptor: Int32) {
            var chunk = [UInt8](repeating: 0, count: OutputTail.limit)
            for _ in 0..<256 where !isOver {
                let n = Glibc.read(descriptor, &chunk, chunk.count)
                if n > 0 {
                    add(chunk[..<n])
                } else if n == 0 || (errno != EINTR && errno != EAGAIN) {
                    isOver = true
                } else if errno == EAGAIN {
                    return
                }
            }
        }
    }

    /// Reads a descriptor to its end, and closes it.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        var thread = pthread_t()
        let tail = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { raw in
                if let raw { Unmanaged<OutputTail>.fromOpaque(raw).takeRetainedValue().readToEnd() }
                return nil
            }, tail.toOpaque())
        if code == 0 {
            pthread_detach(thread)
        } else {
            // There is no reader, and the command gets an error when it writes.
            tail.release()
            kept.withLock { $0.isOver = true }
            close(descriptor)
        }
    }
    private func readToEnd() {
        var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        while !kept.withLock({ $0.isOver }) {
            _ = poll(&waited, 1, -1)
            kept.withLock { $0.read(descriptor) }
        }
        close(descriptor)
    }
    /// The kept output, up to the last byte that the command has written.
    var text: String {
        kept.withLock {
            $0.read(descriptor)
            return String(decoding: $0.head, as: UTF8.self) + ($0.left > 0 ? "\n...\n" : "")
                + String(decoding: $0.bytes, as: UTF8.self)
        }
    }
}
