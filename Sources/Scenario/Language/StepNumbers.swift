extension [Step] {
    /// Numbers every step in the order of the plan: each before those inside it.
    mutating func number(after last: inout Int) {
        for i in indices {
            last += 1
            self[i].number = last
            self[i].verb.number(after: &last)
        }
    }
}

extension Verb {
    /// Numbers the steps inside it.
    mutating func number(after last: inout Int) {
        switch self {
        case .alt(var branches):
            for i in branches.indices { branches[i].steps.number(after: &last) }
            self = .alt(branches)
        case .par(var branches, let joinsAny):
            for i in branches.indices { branches[i].steps.number(after: &last) }
            self = .par(branches, joinsAny: joinsAny)
        case .use(let file, var steps):
            steps.number(after: &last)
            self = .use(file, steps)
        case .repeat(let times, let name, var steps):
            steps.number(after: &last)
            self = .repeat(times: times, name: name, steps: steps)
        default: break
        }
    }
}
