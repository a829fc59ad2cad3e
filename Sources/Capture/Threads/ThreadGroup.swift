internal import Glibc

/// A group of threads, each of which runs a function until it returns.
public struct ThreadGroup: ~Copyable {
    private var threads: [pthread_t] = []
    public init() {}

    /// The function that a new thread takes over.
    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    /// True if no thread was started.
    public var isEmpty: Bool { threads.isEmpty }

    /// Starts another thread. Returns false if the system does not allow it; then the existing threads must do the
    /// work.
    public mutating func start(_ body: @escaping @Sendable () -> Void) -> Bool {
        let start = Unmanaged.passRetained(Start(body))
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { raw in
                guard let raw else { return nil }
                Unmanaged<Start>.fromOpaque(raw).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        guard status == 0 else {
            start.release()
            return false
        }
        threads.append(thread)
        return true
    }
    /// Waits until all threads have returned.
    public mutating func join() {
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }
}
