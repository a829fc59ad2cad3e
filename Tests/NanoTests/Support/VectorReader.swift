public import Testing
public import VectorFiles

extension Vector: CustomTestStringConvertible {}

extension Vector {
    /// The vectors of messages.
    static let all = load("nano").filter { $0.function == nil }
    /// The vectors of functions.
    static let calls = load("nano").filter { $0.function != nil }
    /// Returns the bytes of the message with this name.
    static func bytes(of name: String) -> [UInt8] { all.first { $0.name == name }?.bytes ?? [] }
}
