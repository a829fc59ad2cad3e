import Glibc
import Testing

@testable import Report
@testable import Scenario

extension Pages {
    /// Writes the pages for the browser into the folder in the environment variable.
    @Test(.enabled(if: getenv("MESHSPEC_PAGES") != nil)) func write() throws {
        let folder = getenv("MESHSPEC_PAGES").map { String(cString: $0) } ?? ""
        var heads = [
            "nano-node 28.1 at 192.0.2.7:7075", "peer of our own, built in",
            "nano-node legacy with a name that is long",
        ].map { Self.head($0) }
        heads[0].environment = Self.environment
        let night = try (1...4).map { night in
            try (1...6).map { n in
                let isBad = n == 1 && night > 2 || n == 2 && night == 3
                return Self.stepped(try isBad ? Self.failed("nano.ping.case\(n)") : Self.passed("nano.ping.case\(n)"))
            }
        }
        let history = Self.history(night)
        var hostileHead = RunHead(
            program: Self.hostile, target: Self.hostile, profile: Self.hostile, seed: 1, cases: 1,
            requirements: RequirementList([
                Made.requirement(Self.hostile, .must, Self.hostile, quote: Self.hostile, source: Self.hostile)
            ]))
        hostileHead.environment = RunEnvironment(command: Self.hostile, host: Self.hostile, system: Self.hostile)
        hostileHead.environment?.revision = Self.hostile
        hostileHead.environment?.links = [
            RunEnvironment.Link(name: Self.hostile, url: "https://" + Self.hostile),
            RunEnvironment.Link(name: "x", url: "javascript:window.hacked=1"),
        ]
        hostileHead.history = [PastRun(program: Self.hostile, seed: Self.hostile, files: [Self.hostile])]
        let files: [(String, [UInt8])] = [
            ("one.html", Self.page([heads[0]], try Self.mixed(0).map { ($0, 0) })),
            (
                "good.html",
                Self.page(
                    [heads[0]],
                    (1...3).map { n in
                        (
                            Self.stepped(
                                Self.passed("nano.ping.case\(n)"), evidence: "out/evidence/nano.ping.case\(n)"), 0
                        )
                    })
            ),
            ("history.html", Self.page([history.head], history.records.map { ($0, 0) })),
            ("three.html", Self.page(heads, try (0..<3).flatMap { run in try Self.mixed(run).map { ($0, run) } })),
            (
                "hostile.html",
                Self.page(
                    [hostileHead], [(try Self.hostile("nano.made.hostile"), 0), (try Self.failed("nano.made.case"), 0)])
            ),
            ("large.html", Self.page([heads[0]], try Self.many(100_000, isFailing: false))),
            ("broken.html", Self.page([heads[0]], try Self.many(100_000, isFailing: true))),
            ("empty.html", Self.page([heads[0]], [])),
        ]
        for (name, bytes) in files {
            let file = open("\(folder)/\(name)", O_WRONLY | O_CREAT | O_TRUNC, 0o644)
            try #require(file >= 0)
            var at = 0
            while at < bytes.count {
                let n = bytes[at...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
                try #require(n > 0)
                at += n
            }
            close(file)
        }
    }
}
