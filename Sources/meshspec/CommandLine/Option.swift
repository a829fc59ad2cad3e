/// An option of a command.
struct Option: Sendable {
    let name: OptionName
    /// The long name, then the short one.
    var names: [String]
    /// The placeholder of its value in the help text, such as `HOST:PORT`; nil for a switch.
    var value: String?
    var summary: String
    var isRepeatable = false
    init(_ name: OptionName, short: String? = nil, value: String? = nil, repeatable: Bool = false, _ summary: String) {
        self.name = name
        names = [name.rawValue] + (short.map { [$0] } ?? [])
        self.value = value
        self.summary = summary
        isRepeatable = repeatable
    }
    static let help = Option(.help, short: "-h", "show this help")
    static let json = Option(.json, "JSON on standard output, one object per line")
    static let color = Option(.color, value: "WHEN", "auto, always or never (NO_COLOR is respected)")
    static let spec = Option(
        .spec, value: "DIR",
        "folder of the specifications (default: `Spec` here or beside the program, or the built-in one)")
}
