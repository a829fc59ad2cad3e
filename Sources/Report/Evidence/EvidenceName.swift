/// Names of the files in a bundle of evidence, beside its scenario and the fragments of that.
enum EvidenceName {
    static let variables = "variables.json"
    static let trace = "trace.ndjson"
    static let wire = "wire.pcapng"
    static let ladder = "ladder.svg"
    static let replay = "replay.sh"
    /// Those that show what happened.
    static let shown = [trace, wire, ladder]
}
