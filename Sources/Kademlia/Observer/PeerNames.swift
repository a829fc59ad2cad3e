/// The ids of the two peers of a connection, as seen from one stream. A peer states its id in ADD_PROVIDER.
struct PeerNames {
    /// The id that the asking side said it has.
    var asker: [UInt8]?
    /// True if the asking side said more than one id.
    var isAskerUnsure = false
    /// The id that the answering side said it has, on streams on which it asks.
    var server: [UInt8]?
    /// True if the answering side said more than one id.
    var isServerUnsure = false

    /// The id of the asking side; nil if it is unknown.
    var sureAsker: [UInt8]? { isAskerUnsure ? nil : asker }
    /// The id of the answering side; nil if it is unknown.
    var sureServer: [UInt8]? { isServerUnsure ? nil : server }
    /// The same peers as seen from a stream that the other side opened.
    var swapped: PeerNames {
        PeerNames(asker: server, isAskerUnsure: isServerUnsure, server: asker, isServerUnsure: isAskerUnsure)
    }
}
