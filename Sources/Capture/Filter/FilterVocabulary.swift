/// The names of filters that other modules need.
public enum FilterVocabulary {
    /// The names of Wireshark that differ here, with our name or a test for each.
    public static var wireshark: [String: String] { WiresharkNames.same }
    /// The prefixes of Wireshark's names of packets and segments.
    public static var packets: [String] { WiresharkNames.packets }
}
