/// An interpretation of bytes further ahead in a message (`Coder.content`). This is a value and not a closure: Swift
/// 6.3.1 does not specialize a description that contains a closure over a span.
public protocol ContentReading {
    associatedtype Result
    /// Returns the result for these bytes.
    func read(_ bytes: RawSpan) -> Result
}
