/// A field in the messages of one side of a connection.
struct FieldKey: Hashable {
    var flow: Int
    /// True for the side that the scenario plays.
    var isOurs: Bool
    /// The full path of the field.
    var path: String
}
