import Libp2p
import Node

/// The seeded fault of a node, if it has one: in its layers, its streams, its router, its order books or its rendezvous
/// part.
struct NodeFaults: Sendable {
    var layers: Libp2pFault?
    var stream: StreamFault?
    var router: Set<RouterFault> = []
    var book: Set<BookFault> = []
    var rendezvous: RendezvousFault?

    /// Finds a fault by name. An unknown name means no fault.
    init(_ name: String?) {
        guard let name else { return }
        layers = Libp2pFault.named[name]
        stream = StreamFault.named[name]
        router = RouterFault.named[name].map { [$0] } ?? []
        book = BookFault.named[name].map { [$0] } ?? []
        rendezvous = RendezvousFault.named[name]
    }
    /// All faults that a node can have.
    static var bugs: [Bug] {
        Libp2pFault.bugs + StreamFault.bugs + RouterFault.bugs + BookFault.bugs + RendezvousFault.bugs
    }
}
