/// The actions of one run of a description.
struct ProgramRun {
    /// The values of all controls that were read.
    var values: [String: Int] = [:]
    var controls: [Program.Control] = []
    /// The steps in order, without attributes.
    var steps: [ProgramStep] = []
    /// The attributes of steps by their keys. Every step that was reached has an entry.
    var attributes: [String: [ProgramStep.Attribute: Int]] = [:]
}
