/// The names of the layers of data channels in captures.
public enum LayerName {
    public static let dtls = "dtls"
    public static let sctp = "sctp"
    public static let dcep = "dcep"
    /// All layers.
    public static let all = [dtls, sctp, dcep]
}
