import Glibc

/// Listens on an address that this process used until now. Another test may start a program at that moment: between
/// `fork` and `exec` it holds all sockets of this process. A failed attempt is therefore repeated for two seconds.
func whenFree<T>(_ listen: () throws -> T) throws -> T {
    for _ in 0..<100 {
        if let listener = try? listen() { return listener }
        usleep(20_000)
    }
    return try listen()
}
