import Libp2p
import Node

/// The fault of a node, if it has one: of its layers, of its streams, of its router, or of what stands
/// beside that.
struct NodeFaults: Sendable {
    var layers: Libp2pFault?
    var stream: StreamFault?
    var router: Set<RouterFault> = []
    var book: Set<BookFault> = []
    var rendezvous: RendezvousFault?

    /// By name; one that nobody knows is none.
    init(_ name: String?) {
        guard let name else { return }
        layers = Libp2pFault.named[name]
        stream = StreamFault.named[name]
        router = RouterFault.named[name].map { [$0] } ?? []
        book = BookFault.named[name].map { [$0] } ?? []
        rendezvous = RendezvousFault.named[name]
    }
    /// All that there are.
    static var bugs: [Bug] {
        Libp2pFault.bugs + StreamFault.bugs + RouterFault.bugs + BookFault.bugs + RendezvousFault.bugs
    }
}
