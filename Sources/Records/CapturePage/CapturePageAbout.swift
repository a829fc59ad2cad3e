/// The description of the capture on its page.
public struct CapturePageAbout: Sendable {
    /// The names of its files.
    public var title: String
    /// The filter that selected the records, if there was one.
    public var filter: String?
    /// The initial form of times.
    public var time: RecordTime
    public init(title: String, filter: String? = nil, time: RecordTime = .relative) {
        (self.title, self.filter, self.time) = (title, filter, time)
    }
}
