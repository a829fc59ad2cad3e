import RightMesh
import Wire

/// A question for one node: which length and checksum it has follows from the rest.
func find(_ target: MeshID, from source: MeshID, at superpeer: MeshID) -> [UInt8] {
    var message = Find()
    message.header.role = .client
    message.header.src = source
    message.header.dst = superpeer
    message.body.targets = Targets([Target(target, .subscribe)])
    return message.encoded()
}
/// The ids that a question is about. Throws where it is none.
func targets(_ datagram: [UInt8]) throws(WireError) -> [String] {
    try Find(copying: datagram).body.targets?.records.map { $0.id.array.hex } ?? []
}
