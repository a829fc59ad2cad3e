import Node

/// What a node is.
enum Kind: String, CaseIterable, Sendable {
    case superpeer
    case community
    case seller
    case buyer

    /// Of options; a name that is none (the program refuses those) stands for the first.
    init(_ name: String?) { self = name.flatMap(Self.init) ?? .superpeer }
    /// As headers say it.
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
        case .community: "a superpeer that somebody of the community runs"
        case .seller: "a phone with a link to the internet: INFO to the superpeers that it is told of"
        case .buyer: "a phone without one: HELLO to the phones that it is told of"
        }
    }
}
