/// Why a route was removed.
enum Removal: String, Sendable {
    /// The peer, or the neighbour that it was reached through, was not heard of for as long as a route may live.
    case expired
    /// The neighbour that it was reached through says that it cannot be reached.
    case withdrawn
    /// That neighbour has listed all that it has, and did not list it.
    case unlisted
    /// It went through a superpeer that a phone has left.
    case left
}
