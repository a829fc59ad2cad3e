internal import CLinux
internal import Glibc

/// A lock with two conditions to wait for. `Synchronization.Mutex` has none.
///
/// It is Sendable although the compiler cannot check it. The pointers never change, and they point to POSIX objects
/// that are made for use by several threads.
final class Lock: @unchecked Sendable {
    /// The condition that a thread waits for.
    enum Condition: Int {
        /// There is work to do.
        case work
        /// Work was done.
        case progress
    }
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let conditions = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 2)

    init() {
        // None of these calls can fail here. The lock is held for less time than sleeping and waking takes, so a thread
        // that finds it held tries again a few times.
        linux_adaptive_mutex(mutex)
        for i in 0..<2 { pthread_cond_init(conditions + i, nil) }
    }
    /// No thread waits any longer, because a waiting thread would hold a reference.
    deinit {
        for i in 0..<2 { pthread_cond_destroy(conditions + i) }
        pthread_mutex_destroy(mutex)
        conditions.deallocate()
        mutex.deallocate()
    }
    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
    /// Releases the lock, waits, and takes the lock again. It may return without a signal.
    func wait(for condition: Condition) { pthread_cond_wait(conditions + condition.rawValue, mutex) }
    /// Wakes one waiting thread.
    func signal(_ condition: Condition) { pthread_cond_signal(conditions + condition.rawValue) }
    /// Wakes all waiting threads.
    func broadcast(_ condition: Condition) { pthread_cond_broadcast(conditions + condition.rawValue) }
}
