internal import Glibc
internal import Synchronization

/// The end of what a command prints, read on a thread of its own, so that the command never waits for us.
final class OutputTail: Sendable {
    /// Bytes that are kept.
    static let limit = 4096
    private let kept = Mutex<(bytes: [UInt8], isOver: Bool)>(([], false))

    /// Reads a descriptor to its end, and closes it.
    init(_ descriptor: Int32) {
        let work = Work(tail: self, descriptor: descriptor)
        var thread = pthread_t()
        let raw = Unmanaged.passRetained(work).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { raw in
                if let raw { Unmanaged<Work>.fromOpaque(raw).takeRetainedValue().run() }
                return nil
            }, raw)
        guard code == 0 else {
            // Nobody reads: the command is told so when it writes.
            Unmanaged<Work>.fromOpaque(raw).release()
            close(descriptor)
            end()
            return
        }
        pthread_detach(thread)
    }
    private final class Work {
        let tail: OutputTail
        let descriptor: Int32
        init(tail: OutputTail, descriptor: Int32) {
            self.tail = tail
            self.descriptor = descriptor
        }
        func run() {
            var chunk = [UInt8](repeating: 0, count: OutputTail.limit)
            while true {
                let n = read(descriptor, &chunk, chunk.count)
                if n < 0, errno == EINTR { continue }
                guard n > 0 else { break }
                tail.add(chunk[..<n])
            }
            close(descriptor)
            tail.end()
        }
    }
    private func add(_ new: ArraySlice<UInt8>) {
        kept.withLock {
            $0.bytes += new
            $0.bytes.removeFirst(max(0, $0.bytes.count - Self.limit))
        }
    }
    private func end() { kept.withLock { $0.isOver = true } }
    /// All was read.
    var isOver: Bool { kept.withLock { $0.isOver } }
    /// What is kept of it.
    var text: String { kept.withLock { String(decoding: $0.bytes, as: UTF8.self) } }
}
