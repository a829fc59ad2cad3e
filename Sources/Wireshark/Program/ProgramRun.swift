/// What one run of a description did.
struct ProgramRun {
    /// Values of the controls, all that were read.
    var values: [String: Int] = [:]
    var controls: [Program.Control] = []
    /// The steps in order, without attributes.
    var steps: [ProgramStep] = []
    /// Attributes of steps by the step's key; a step that was reached has an entry.
    var attributes: [String: [ProgramStep.Attribute: Int]] = [:]
}
