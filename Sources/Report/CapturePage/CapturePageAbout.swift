/// What the page of a capture tells of the capture itself.
public struct CapturePageAbout: Sendable {
    /// Names of its files.
    public var title: String
    /// The filter that records had to pass, where there was one.
    public var filter: String?
    /// How times are shown at first.
    public var time: RecordTime
    /// From its parts.
    public init(title: String, filter: String? = nil, time: RecordTime = .relative) {
        (self.title, self.filter, self.time) = (title, filter, time)
    }
}
