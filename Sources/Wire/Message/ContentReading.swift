/// What is made of bytes that a message has ahead (`Coder.content`). A value and no closure: Swift 6.3.1 does not
/// specialize a description that has a closure over a span in it.
public protocol ContentReading {
    associatedtype Result
    /// What these bytes tell.
    func read(_ bytes: RawSpan) -> Result
}
