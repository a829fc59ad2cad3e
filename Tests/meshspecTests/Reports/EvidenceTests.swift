import Glibc
import TestThreads
import Testing
import Wire

@testable import meshspec

/// `meshspec run --evidence`: the cases that leave evidence, its place, and write errors.
@Suite(.waits) struct EvidenceTests: RunsInAFolder {
    let folder: Folder
    init() throws { folder = try Folder() }

    func names(_ path: String) -> [String] { (try? Files.names(folder.path + "/" + path, hidden: true)) ?? [] }
    func prepare() throws {
        try bad("bad")
        try scenario("good", ["assert: $(1 == 1)\n    req: NANO-16"])
        try scenario("maybe", ["assert: $(1 == 2)\n    req: NANO-16\n    else: warn"])
        try scenario("never", ["assert: $(1 == 1)\n    req: NANO-16"], head: "profiles: [legacy]")
    }
    /// Runs with this value of the variable CI, without events, as on a terminal.
    func run(ci: String, _ arguments: String) throws -> Shell.Outcome {
        try Shell.run(
            "cd '\(folder.path)'; CI=\(ci) meshspec run --simulate --spec '\(Shell.package)/Spec' \(arguments)")
    }

    // The cases and the place.

    @Test(arguments: [
        ("--evidence ev", "ev", ["own.bad", "own.good", "own.maybe"]),
        ("--evidence all=ev/", "ev", ["own.bad", "own.good", "own.maybe"]),
        ("--evidence failed=e/v", "e/v", ["own.bad", "own.maybe"]),
        ("--evidence failed", "meshspec-evidence", ["own.bad", "own.maybe"]),
        ("--evidence all", "meshspec-evidence", ["own.bad", "own.good", "own.maybe"]),
        ("--evidence none", "meshspec-evidence", []), ("", "meshspec-evidence", []),
    ])
    func places(_ option: String, _ path: String, _ wanted: [String]) throws {
        try prepare()
        #expect(try run("bad.yaml good.yaml maybe.yaml never.yaml \(option)").status == 1)
        #expect(names(path) == wanted)
        for name in wanted {
            #expect(
                names(path + "/" + name) == [
                    "ladder.svg", "replay.sh", "scenario.yaml", "trace.ndjson", "variables.json", "wire.pcapng",
                ])
        }
        #expect(wanted.isEmpty || folder.bytes(path + "/own.bad/scenario.yaml") == folder.bytes("bad.yaml"))
    }
    /// A case that makes its own Noise messages leaves its keys in the capture, so that decode reads the frames.
    @Test(arguments: ["noise.listener", "noise.dialer"]) func keysOfNoiseByHand(_ name: String) throws {
        #expect(try run("gossipsub.\(name) --evidence all=ev").status == 0)
        let capture = "'\(folder.path)/ev/gossipsub.\(name)/wire.pcapng'"
        let r = try Shell.run("meshspec decode --layers \(capture)")
        #expect(r.out.contains("libp2p.yamux_frame"), "\(r.out)")
        #expect(!r.err.contains("encrypted"), "\(r.err)")
    }
    @Test func refused() throws {
        try prepare()
        for option in ["--evidence ''", "--evidence all=", "--evidence failed="] {
            #expect(try run("bad.yaml \(option)").status == 2)
        }
    }
    /// A failed case in CI leaves evidence unless the command line sets something different.
    @Test(arguments: [
        ("true", "", ["own.bad"]), ("1", "", ["own.bad"]), ("false", "", []), ("''", "", []),
        ("true", "--evidence none", []), ("true", "--evidence all", ["own.bad", "own.good"]),
    ])
    func ci(_ value: String, _ option: String, _ wanted: [String]) throws {
        try prepare()
        #expect(try run(ci: value, "bad.yaml good.yaml \(option)").status == 1)
        #expect(names("meshspec-evidence") == wanted)
    }
    /// A failure that the baseline accepts leaves no evidence. A failure with another reason leaves evidence.
    @Test func baseline() throws {
        try prepare()
        let entry = "  - {id: own.bad, requirement: NANO-16, reason: REASON, note: x}\n"
        let fails = try run("bad.yaml --json").out
        let at = try #require(fails.firstRange(of: "\"fingerprint\":\""))
        let reason = String(fails[at.upperBound...].prefix(16))
        for (given, wanted) in [(reason, []), ("0000000000000000", ["own.bad"])] {
            _ = try folder.write(
                "known", "meshspec-baseline: 1\nentries:\n" + entry.replacing("REASON", with: given))
            _ = try run("bad.yaml --baseline known --evidence failed=ev\(given)")
            #expect(names("ev\(given)") == wanted)
        }
    }
    @Test func roundsTriesAndCuts() throws {
        try prepare()
        _ = try run("bad.yaml --repeat 2 --retry 1 --evidence failed=ev")
        #expect(names("ev") == ["own.bad", "own.bad+retry1", "own.bad+round2", "own.bad+round2+retry1"])
        _ = try run("good.yaml --chop --evidence all=cut")
        #expect(
            names("cut") == [
                "own.good", "own.good+chop-before", "own.good+chop-behind", "own.good+chop-bytes",
                "own.good+chop-coalesced",
            ])
        #expect(folder.text("cut/own.good+chop-bytes/replay.sh").contains(" --chop "))
        #expect(folder.text("cut/own.good+chop-bytes/variables.json").contains("\"variant\":\"chop:bytes\""))
    }
    /// A new bundle replaces an older bundle of the same case with all its files. A folder that is not a bundle
    /// remains.
    @Test func replaces() throws {
        try prepare()
        _ = try run("bad.yaml --evidence ev")
        _ = try folder.write("ev/own.bad/trace.ndjson", "old")
        _ = try folder.write("ev/own.bad/more", "old")
        _ = try run("bad.yaml --evidence ev")
        #expect(names("ev") == ["own.bad"] && !names("ev/own.bad").contains("more"))
        #expect(folder.text("ev/own.bad/trace.ndjson").hasPrefix("{\"event\":\"trace\""))
        #expect(mkdir(folder.path + "/ev/own.good", 0o755) == 0)
        _ = try folder.write("ev/own.good/precious", "mine")
        let r = try run("good.yaml --evidence ev")
        #expect(r.status == 4 && r.reports(.cannotWrite, "ev/own.good"), "\(r.err)")
        #expect(folder.text("ev/own.good/precious") == "mine" && names("ev") == ["own.bad", "own.good"])
    }

    /// A seed gives the same files in virtual time, byte for byte.
    @Test func deterministic() throws {
        let bug = "--bug bad-signature --seed 7 -k NANO-18 --evidence ev"
        #expect(try run(bug).status == 1)
        #expect(rename(folder.path + "/ev", folder.path + "/first") == 0)
        #expect(try run(bug).status == 1)
        let r = try Shell.run("diff -r '\(folder.path)/first' '\(folder.path)/ev' && ls '\(folder.path)/ev'")
        #expect(r.status == 0 && r.out.contains("nano.handshake.v2-signature"), "\(r.out)")
    }

    // Write errors.

    /// The run prints one clear line, continues, and sets the status. If only CI asked for evidence, the status does
    /// not change.
    @Test func noFolder() throws {
        try prepare()
        _ = try folder.write("file", "x")
        for path in ["file", "file/below", "/proc/meshspec"] {
            let r = try run("bad.yaml good.yaml maybe.yaml --evidence \(path)")
            #expect(r.status == 4 && r.cases.count == 3 && r.summary?["exit"] == 1)
            #expect(
                r.err.split(separator: "\n").count { $0.contains("evidence: cannot write \(path): ") } == 1, "\(r.err)")
            #expect(r.reports(.cannotWrite, path))
        }
        _ = try folder.write("meshspec-evidence", "x")
        let implied = try run(ci: "true", "good.yaml maybe.yaml")
        #expect(implied.status == 0 && implied.reports(.cannotWrite, "meshspec-evidence"), "\(implied.err)")
        #expect(folder.text("meshspec-evidence") == "x")
    }
    /// No incomplete bundle remains on a full file system. The test needs the right to mount.
    @Test func fullDisk() throws {
        try prepare()
        let r = try Shell.run(
            """
            unshare -m sh -c 'mkdir \(folder.path)/tiny && mount -t tmpfs -o size=48k tmpfs \(folder.path)/tiny || exit 99; \
            cd \(folder.path); meshspec run --simulate --spec \(Shell.package)/Spec good.yaml --repeat 20 --evidence tiny; \
            s=$?; ls -A tiny/* | sort | uniq -c; exit $s'
            """)
        guard r.status != 99, r.status != 1 else { return print("fullDisk: this user may not mount, left out") }
        #expect(r.failed(.cannotWrite, "No space left"), "\(r.err)")
        #expect(r.err.split(separator: "\n").count { $0.contains("cannot write tiny/") } == 1)
        #expect(r.out.contains("20 cases: 20 pass"))
        // Each bundle has all six files.
        let counts = r.lines.filter { $0.contains("ladder.svg") || $0.contains("wire.pcapng") }.map { $0.prefix(8) }
        #expect(counts.count == 2 && Set(counts).count == 1 && !r.out.contains(".new"))
    }

    // The output for the user, and a second run.

    @Test func block() throws {
        try prepare()
        let r = try Shell.run(
            "cd '\(folder.path)'; meshspec run --simulate --spec '\(Shell.package)/Spec' bad.yaml --evidence failed=ev")
        let lines = r.out.split(separator: "\n")
        let at = try #require(lines.firstIndex { $0.contains("  repro: ") })
        #expect(lines[at + 1] == "  evidence: ev/own.bad/{trace.ndjson,wire.pcapng,ladder.svg}")
        // The events have the folder.
        let events = try run("bad.yaml good.yaml --evidence failed=ev").out.split(separator: "\n")
        let told = events.compactMap { JSON.parse(Array($0.utf8))?["evidence"] }
        #expect(told == ["ev/own.bad"])
    }
    /// The script fails like the run. It uses the file in the bundle and its fragment, even if the other files are
    /// gone. A case of a vector runs alone.
    @Test func replay() throws {
        _ = try folder.write("part.yaml", "meshspec-fragment: 1\nsteps:\n  - let: {one: 1}\n")
        try scenario(
            "pair", ["use: part.yaml", "assert: $(size(word) == one)\n    req: NANO-16"],
            head: "vectors:\n  - {name: one, word: a}\n  - {name: two, word: bb}")
        let r = try run("pair.yaml --evidence failed=ev --seed 9")
        #expect(r.status == 1 && names("ev").count == 1)
        let bundle = try #require(names("ev").first)
        #expect(bundle.hasPrefix("own.pair_two_+") && names("ev/" + bundle).contains("part.yaml"))
        unlink(folder.path + "/pair.yaml")
        unlink(folder.path + "/part.yaml")
        let again = try Shell.run("cd '\(folder.path)'; './ev/\(bundle)/replay.sh'")
        #expect(again.status == 1 && again.out.contains("✗ own.pair[two]  step 3 of 3"), "\(again.out)")
        #expect(again.out.contains("seed 0x9") && again.out.contains("1 case: "))
    }
    /// No file has the value of a secret parameter. The script asks for it.
    @Test func secrets() throws {
        try scenario(
            "secret", ["assert: $(token == 'open')\n    req: NANO-16"],
            head: "params:\n  token: {type: text, default: none, secret: true}")
        let r = try run("secret.yaml -P token=s3cr3tvalue --evidence ev")
        #expect(r.status == 1 && !r.out.contains("s3cr3tvalue") && !r.err.contains("s3cr3tvalue"))
        for name in names("ev/own.secret") { #expect(!folder.text("ev/own.secret/" + name).contains("s3cr3tvalue")) }
        let script = "cd '\(folder.path)'; ./ev/own.secret/replay.sh"
        let asks = try Shell.run(script)
        #expect(asks.status != 0 && asks.err.contains("MESHSPEC_TOKEN"))
        #expect(try Shell.run("export MESHSPEC_TOKEN=open; " + script).status == 0)
    }
}
