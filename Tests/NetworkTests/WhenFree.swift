import Glibc

/// Listens where something of this process listened until now. Another test may start a program at that moment: between
/// `fork` and `exec` it holds all sockets of this process, so a try that fails is repeated for two seconds.
func whenFree<T>(_ listen: () throws -> T) throws -> T {
    for _ in 0..<100 {
        if let listener = try? listen() { return listener }
        usleep(20_000)
    }
    return try listen()
}
