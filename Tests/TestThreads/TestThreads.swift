import Glibc
import Synchronization
public import Testing

extension Trait where Self == TestThreads {
    /// A trait for tests that wait for a process or a socket. They run on separate threads. Swift's pool has one thread
    /// for each processor, and waiting tests would block all others.
    public static var waits: TestThreads { TestThreads() }
}

/// Runs the tests of a suite on a few threads that may wait.
public struct TestThreads: SuiteTrait, TestTrait, TestScoping {
    /// Tests of nested suites also wait.
    public var isRecursive: Bool { true }

    /// Runs one test on these threads.
    public func provideScope(
        for test: Test, testCase: Test.Case?, performing function: @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(WaitingThreads.shared, operation: function)
    }
}

/// Threads that run jobs one after the other, in the order of their arrival.
final class WaitingThreads: TaskExecutor {
    // More threads would start more programs at a time than two processors can run in time.
    static let shared = WaitingThreads(count: 6)

    private let jobs = Mutex<[UnownedJob]>([])
    /// The number of jobs that no thread has taken.
    private let waiting: Counter

    /// A semaphore that never moves in memory.
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
