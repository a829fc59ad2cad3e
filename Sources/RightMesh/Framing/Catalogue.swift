/// All messages, in the order of their types.
let catalogue: [any RightMeshMessage.Type] = [
    Hello.self, HelloAck.self, Info.self, InfoAck.self, Find.self, FindAck.self,
]

extension MessageType {
    /// The message of this type; nil if the type is unknown.
    var message: (any RightMeshMessage.Type)? { isKnown ? catalogue[Int(rawValue) - 1] : nil }
}
