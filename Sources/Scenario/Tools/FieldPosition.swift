internal import Node
internal import Wire

/// A place in a message: the message itself, a field, or the elements of a field.
struct FieldPosition {
    /// A name that is unique among the definitions of a schema.
    var name: String
    var shape: FieldInfo.Shape
    var isList: Bool
    var definition: Definition

    /// Returns the place of a field of this group.
    func field(_ info: FieldInfo) -> Self {
        Self(name: name + "." + info.name, shape: info.shape, isList: info.isList, definition: definition)
    }
    /// The elements of this list.
    var element: Self { Self(name: name, shape: shape, isList: false, definition: definition) }
    /// The number of elements, bytes or characters at this place.
    var length: Self { Self(name: name, shape: .leaf(.uint(bits: 64)), isList: false, definition: definition) }
    var fields: [FieldInfo] { if case .group(let fields) = shape { fields } else { [] } }
    var kind: Kind? { if case .leaf(let kind) = shape { kind } else { nil } }
}

extension FieldPosition {
    init(message type: any Message.Type, in d: Definition) {
        self.init(name: type.name.description, shape: .group(type.describe()), isList: false, definition: d)
    }
}
