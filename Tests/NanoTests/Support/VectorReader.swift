public import Testing
public import VectorFiles

extension Vector: CustomTestStringConvertible {}

extension Vector {
    /// Those of messages.
    static let all = load("nano").filter { $0.function == nil }
    /// Those of functions.
    static let calls = load("nano").filter { $0.function != nil }
    /// The bytes of the message with this name.
    static func bytes(of name: String) -> [UInt8] { all.first { $0.name == name }?.bytes ?? [] }
}
