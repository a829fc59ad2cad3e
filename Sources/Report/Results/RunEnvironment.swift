internal import Node
internal import Wire

/// Where a run was made, and how: what somebody needs to make it once more.
public struct RunEnvironment: Equatable, Sendable {
    /// The command line, without the values of secret parameters.
    public var command: String
    /// Name of the machine.
    public var host: String?
    /// Its operating system and kind of processor.
    public var system: String?
    /// The commit that was checked out, where CI tells it.
    public var revision: String?
    /// Pages of CI about the run.
    public var links: [Link] = []

    /// A page, and what it is about.
    public struct Link: Equatable, Sendable {
        public var name: String
        public var url: String
    }

    /// What is known beside the variables of CI.
    public init(command: String, host: String? = nil, system: String? = nil) {
        self.command = command
        self.host = host
        self.system = system
    }
    /// Adds what GitHub Actions or GitLab CI/CD tell of a job in variables of the environment; nothing elsewhere.
    public mutating func add(ci variable: (String) -> String?) {
        func known(_ name: String) -> String? { variable(name).flatMap { $0.isEmpty ? nil : $0 } }
        func link(_ name: String, _ url: String?) { if let url { links.append(Link(name: name, url: url)) } }
        if let server = known("GITHUB_SERVER_URL"), let repository = known("GITHUB_REPOSITORY") {
            let base = "\(server)/\(repository)"
            revision = known("GITHUB_SHA")
            link("workflow run", known("GITHUB_RUN_ID").map { "\(base)/actions/runs/\($0)" })
            link("commit", revision.map { "\(base)/commit/\($0)" })
        } else if let base = known("CI_PROJECT_URL") {
            revision = known("CI_COMMIT_SHA")
            link("job", known("CI_JOB_URL"))
            link("pipeline", known("CI_PIPELINE_URL"))
            link("commit", revision.map { "\(base)/-/commit/\($0)" })
        }
    }
}

extension RunEnvironment {
    /// As the head of a results file has it.
    var value: Value {
        let pages = links.map { Value.object(["name": .text($0.name), "url": .text($0.url)]) }
        return .object([
            "command": .text(command), "host": host.map { .text($0) }, "system": system.map { .text($0) },
            "revision": revision.map { .text($0) }, "links": pages.isEmpty ? nil : .list(pages),
        ])
    }
    /// From the same; nil where there is none.
    init?(_ v: Value?) {
        guard let v, let command = v.string("command") else { return nil }
        self.init(command: command, host: v.string("host"), system: v.string("system"))
        revision = v.string("revision")
        links = v.items("links").compactMap { page in
            guard let name = page.string("name"), let url = page.string("url") else { return nil }
            return Link(name: name, url: url)
        }
    }
}
