/// A field of the messages of one side of a connection.
struct FieldKey: Hashable {
    var flow: Int
    /// The side that the scenario plays.
    var isOurs: Bool
    /// Full path of the field.
    var path: String
}
