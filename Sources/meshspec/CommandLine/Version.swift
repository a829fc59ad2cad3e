/// The program's version, as `--version` and the reports show it.
enum Version {
    static let current = "0.1.0"
}
