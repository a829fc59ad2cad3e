/// Words of filters that others who read them need to know.
public enum FilterVocabulary {
    /// Names of Wireshark for fields that are called otherwise here, with ours.
    public static var wireshark: [String: String] { WiresharkNames.same }
}
