/// Where somebody said something.
struct Heard: Hashable {
    var flow: Int
    /// Those who are played said it.
    var isOurs: Bool
    /// Full path of the field.
    var path: String
}
