/// The reason why a route was removed.
enum Removal: String, Sendable {
    /// The route has reached the end of its life: there was no news of the peer, or of the neighbour through which it
    /// was reached.
    case expired
    /// The neighbour through which the peer was reached has withdrawn it.
    case withdrawn
    /// A snapshot from that neighbour does not list the peer.
    case unlisted
    /// The route used a superpeer that a phone has left.
    case left
}
