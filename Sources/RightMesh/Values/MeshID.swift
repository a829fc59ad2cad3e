public import Wire

/// The id of a node: the 20 bytes of an Ethereum account.
public typealias MeshID = Fixed<20>
