internal import Node
internal import Wire

/// A place in a message: the message itself, a field, or the elements of one.
struct FieldPosition {
    /// Unique among the definitions of a schema.
    var name: String
    var shape: FieldInfo.Shape
    var isList: Bool
    var definition: Definition

    init(message type: any Message.Type, in d: Definition) {
        name = type.name.description
        shape = .group(type.describe())
        isList = false
        definition = d
    }
    /// A field of this group.
    func field(_ info: FieldInfo) -> Self {
        var p = self
        p.name += "." + info.name
        p.shape = info.shape
        p.isList = info.isList
        return p
    }
    /// The elements of this list.
    var element: Self {
        var p = self
        p.isList = false
        return p
    }
    var fields: [FieldInfo] { if case .group(let fields) = shape { fields } else { [] } }
    var kind: Kind? { if case .leaf(let kind) = shape { kind } else { nil } }
}
