extension CaseRun {
    /// Gives a name a value that a step made.
    func name(_ name: String, _ value: Term, _ span: Span) throws(EvaluationError) {
        guard heldValues.hold(name, value) else {
            throw EvaluationError(
                message:
                    "the names of the case hold more than \(HeldValues.limit >> 20) MiB: drop some, or repeat less",
                span: span)
        }
        scope.names[name] = value
    }
}
