import Network

/// A node that `control.start` of a target file started. It ends with this value.
struct StartedNode {
    /// The command that started it, for diagnostics.
    let command: String
    let process: Subprocess
    let probe: ReadyProbe
    /// The listener of another program that had the address before the start; nil if the address was free.
    let occupant: LocalOccupant?

    /// Nil while it runs.
    var exitStatus: Int32? { process.exitStatus }
    /// The end of its output.
    var printed: String { process.printed }
}
