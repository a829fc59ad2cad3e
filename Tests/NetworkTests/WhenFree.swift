import Glibc

/// Listens on an address that this process used until now. Another test may start a program at that moment: between
/// `fork` and `exec` it holds all sockets of this process. A failed attempt is therefore repeated for two seconds.
func whenFree<T>(_ listen: () throws -> T) throws -> T {
    var listener: T?
    let isFree = isSoon {
        listener = try? listen()
        return listener != nil
    }
    guard isFree, let listener else { return try listen() }
    return listener
}
/// Returns true if the condition is true within two seconds: for the end of a socket, which a program that another test
/// starts may hold.
func isSoon(_ condition: () -> Bool) -> Bool {
    for _ in 0..<100 {
        if condition() { return true }
        usleep(20_000)
    }
    return condition()
}
