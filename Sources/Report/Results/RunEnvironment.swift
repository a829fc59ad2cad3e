internal import Node
internal import Text
internal import Wire

/// The environment and the command of a run, which a user needs to repeat it.
public struct RunEnvironment: Equatable, Sendable {
    /// The command line, without the values of secret parameters.
    public var command: String
    /// The name of the machine.
    public var host: String?
    /// The operating system and the processor type of the machine.
    public var system: String?
    /// The commit that was checked out, if CI provides it.
    public var revision: String?
    /// The CI pages about the run.
    public var links: [Link] = []

    /// A page and its subject.
    public struct Link: Equatable, Sendable {
        public var name: String
        public var url: String
    }

    /// Makes an environment without the variables of CI.
    public init(command: String, host: String? = nil, system: String? = nil) {
        self.command = command
        self.host = host
        self.system = system
    }
    /// Adds the job data that GitHub Actions or GitLab CI/CD provide in environment variables. Elsewhere it adds
    /// nothing.
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
    /// The environment as an object for the head of a results file.
    var value: Value {
        let pages = links.map { Value.object(["name": .text($0.name), "url": .text($0.url)]) }
        return .object([
            "command": .text(command), "host": host.map { .text($0) }, "system": system.map { .text($0) },
            "revision": revision.map { .text($0) }, "links": pages.isEmpty ? nil : .list(pages),
        ])
    }
    /// Reads the same object; nil if it is missing.
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
