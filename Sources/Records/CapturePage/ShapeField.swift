/// A field of similar messages, as a shape contains it (`CaptureShapes`).
struct ShapeField: Hashable {
    var name: String
    var depth: Int32
    var index: Int32
    var kind: Int
    var source: Int
    var codes = -1
    var meaning = -1
}
