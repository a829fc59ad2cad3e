/// The names of the files in an evidence bundle, without the fragments of its scenario.
enum EvidenceName {
    static let scenario = "scenario.yaml"
    static let variables = "variables.json"
    static let trace = "trace.ndjson"
    static let wire = "wire.pcapng"
    static let ladder = "ladder.svg"
    static let replay = "replay.sh"
    static let all = [scenario, variables, trace, wire, ladder, replay]
    /// The files that show what happened.
    static let shown = [trace, wire, ladder]
}
