/// Words of filters that others who read them need to know.
public enum FilterVocabulary {
    /// Names of Wireshark for what is called otherwise here, with ours, or a test.
    public static var wireshark: [String: String] { WiresharkNames.same }
    /// How names of Wireshark begin that are of packets and segments.
    public static var packets: [String] { WiresharkNames.packets }
}
