import RightMesh
import Wire

/// Returns a question about one node. The length and the checksum follow from the other fields.
func find(_ target: MeshID, from source: MeshID, at superpeer: MeshID) -> [UInt8] {
    var message = Find()
    message.header.role = .client
    message.header.src = source
    message.header.dst = superpeer
    message.body.targets = Targets([Target(target, .subscribe)])
    return message.encoded()
}
/// Returns the ids in a question. Throws if the datagram is not a question.
func targets(_ datagram: [UInt8]) throws(WireError) -> [String] {
    try Find(copying: datagram).body.targets?.records.map { $0.id.array.hex } ?? []
}
