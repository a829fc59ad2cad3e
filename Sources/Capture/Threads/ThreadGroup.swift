internal import Glibc

/// Threads that run a function each until it returns.
public struct ThreadGroup: ~Copyable {
    private var threads: [pthread_t] = []
    public init() {}

    /// What a new thread takes over.
    private final class Start: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }
    /// No thread was started.
    public var isEmpty: Bool { threads.isEmpty }

    /// Starts one more; false when the system gives none, which is for those that are there to bear.
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
    /// Waits until all have returned.
    public mutating func join() {
        for thread in threads { pthread_join(thread, nil) }
        threads = []
    }
}
