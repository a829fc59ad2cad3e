/// Every message, in the order of their types.
let catalogue: [any RightMeshMessage.Type] = [
    Hello.self, HelloAck.self, Info.self, InfoAck.self, Find.self, FindAck.self,
]

extension MessageType {
    /// The message of this type; nil where there is none.
    var message: (any RightMeshMessage.Type)? { isKnown ? catalogue[Int(rawValue) - 1] : nil }
}
