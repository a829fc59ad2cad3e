internal import Glibc
internal import Synchronization

/// The beginning and the end of a command's output. A separate thread reads it, so that the command never waits for us.
final class OutputTail: Sendable {
    /// The maximum number of bytes that are kept from the end.
    static let limit = 4096
    /// The number of bytes kept from the beginning of the output, which may show why the program ends.
    static let head = 1024
    private let kept = Mutex<(head: [UInt8], bytes: [UInt8], left: Int, isOver: Bool)>(([], [], 0, false))

    private let descriptor: Int32

    /// Reads a descriptor to its end, and closes it.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
        var thread = pthread_t()
        let tail = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { raw in
                if let raw { Unmanaged<OutputTail>.fromOpaque(raw).takeRetainedValue().read() }
                return nil
            }, tail.toOpaque())
        if code == 0 {
            pthread_detach(thread)
        } else {
            // There is no reader, and the command gets an error when it writes.
            tail.release()
            end()
        }
    }
    private func read() {
        var chunk = [UInt8](repeating: 0, count: Self.limit)
        while true {
            let n = Glibc.read(descriptor, &chunk, chunk.count)
            if n < 0, errno == EINTR { continue }
            guard n > 0 else { return end() }
            add(chunk[..<n])
        }
    }
    private func add(_ new: ArraySlice<UInt8>) {
        kept.withLock {
            let first = new.prefix(Self.head - $0.head.count)
            $0.head += first
            $0.bytes += new.dropFirst(first.count)
            let over = max(0, $0.bytes.count - Self.limit)
            $0.bytes.removeFirst(over)
            $0.left += over
        }
    }
    private func end() {
        close(descriptor)
        kept.withLock { $0.isOver = true }
    }
    /// True if everything was read.
    var isOver: Bool { kept.withLock { $0.isOver } }
    /// The kept output.
    var text: String {
        kept.withLock {
            String(decoding: $0.head, as: UTF8.self) + ($0.left > 0 ? "\n...\n" : "")
                + String(decoding: $0.bytes, as: UTF8.self)
        }
    }
}
