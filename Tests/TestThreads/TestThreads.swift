import Glibc
import Synchronization
public import Testing

extension Trait where Self == TestThreads {
    /// For tests that wait for a process or a socket: they run on threads of their own. Swift's pool has a thread for
    /// each processor, and tests that wait there keep all others from running.
    public static var waits: TestThreads { TestThreads() }
}

/// Runs the tests of a suite on a few threads that may wait.
public struct TestThreads: SuiteTrait, TestTrait, TestScoping {
    /// Tests of suites within a suite wait as well.
    public var isRecursive: Bool { true }

    /// Runs one test on these threads.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(WaitingThreads.shared, operation: function)
    }
}

/// Threads that take one job after the other, in the order in which they came.
final class WaitingThreads: TaskExecutor {
    // More would start more programs at a time than two processors run in time.
    static let shared = WaitingThreads(count: 6)

    private let jobs = Mutex<[UnownedJob]>([])
    /// Counts the jobs that nobody has taken.
    private let waiting: Counter

    /// A semaphore, which never moves.
    private final class Counter: @unchecked Sendable {
        let semaphore = UnsafeMutablePointer<sem_t>.allocate(capacity: 1)
        init() { sem_init(semaphore, 0, 0) }
        deinit {
            sem_destroy(semaphore)
            semaphore.deallocate()
        }
    }

    init(count: Int) {
        waiting = Counter()
        for _ in 0..<count {
            var thread = pthread_t()
            pthread_create(
                &thread, nil,
                { argument in
                    guard let argument else { return nil }
                    Unmanaged<WaitingThreads>.fromOpaque(argument).takeRetainedValue().work()
                }, Unmanaged.passRetained(self).toOpaque())
            pthread_detach(thread)
        }
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        sem_post(waiting.semaphore)
    }

    private func work() -> Never {
        while true {
            while sem_wait(waiting.semaphore) != 0 {}
            let job = jobs.withLock { $0.isEmpty ? nil : $0.removeFirst() }
            job?.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}
