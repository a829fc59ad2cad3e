import Node

/// The kind of a node.
enum Kind: String, CaseIterable, Sendable {
    case superpeer
    case community
    case seller
    case buyer

    /// Reads the kind from an option. The program refuses unknown names; here they select `superpeer`.
    init(_ name: String?) { self = name.flatMap(Self.init) ?? .superpeer }
    /// The role in the headers of the node.
    var role: Role {
        switch self {
        case .superpeer: .superpeer
        case .community: .communitySuperpeer
        case .seller: .master
        case .buyer: .client
        }
    }
    var summary: String {
        switch self {
        case .superpeer: "a superpeer: answers INFO and FIND, greets the other superpeers"
        case .community: "a superpeer that a member of the community runs"
        case .seller: "a phone with a link to the internet: INFO to the superpeers that it is given"
        case .buyer: "a phone without one: HELLO to the phones that it is given"
        }
    }
}
