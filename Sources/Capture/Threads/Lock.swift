internal import CLinux
internal import Glibc

/// A lock with two conditions to wait for: `Synchronization.Mutex` has none.
///
/// Sendable although the compiler cannot see it: the pointers never change, and what they point to is what POSIX makes
/// to be used by several threads.
final class Lock: @unchecked Sendable {
    /// What a thread waits for.
    enum Condition: Int {
        /// That there is something to do.
        case work
        /// That something was done.
        case progress
    }
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let conditions = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 2)

    init() {
        // None of it can fail here. It is held for less time than it takes to sleep and wake: who finds it held looks
        // again a few times.
        linux_adaptive_mutex(mutex)
        for i in 0..<2 { pthread_cond_init(conditions + i, nil) }
    }
    /// Nobody waits any longer: whoever does holds this.
    deinit {
        for i in 0..<2 { pthread_cond_destroy(conditions + i) }
        pthread_mutex_destroy(mutex)
        conditions.deallocate()
        mutex.deallocate()
    }
    func lock() { pthread_mutex_lock(mutex) }
    func unlock() { pthread_mutex_unlock(mutex) }
    /// Gives up the lock, waits, and has the lock again. May return without reason.
    func wait(for condition: Condition) { pthread_cond_wait(conditions + condition.rawValue, mutex) }
    /// Wakes one that waits.
    func signal(_ condition: Condition) { pthread_cond_signal(conditions + condition.rawValue) }
    /// Wakes all that wait.
    func broadcast(_ condition: Condition) { pthread_cond_broadcast(conditions + condition.rawValue) }
}
