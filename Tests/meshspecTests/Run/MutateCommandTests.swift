import Node
import TestThreads
import Testing
import Wire

@testable import meshspec

/// `meshspec mutate`, and the same mutants in `run` and `node`.
@Suite(.waits) struct MutateCommandTests {
    /// Mutants alter the messages of data channels too, in both directions.
    @Test(arguments: [
        ("says:peerpigeon.client_signal_relay:doubled", "migrated", "HUB-77"),
        ("hears:peerpigeon.gossip:dropped", "answer", "HUB-78"),
    ]) func dataChannels(_ mutant: String, _ name: String, _ requirement: String) throws {
        let line =
            "meshspec run --simulate --seed 1 --protocol peerpigeon --profile seed -P channels=on peerpigeon.mesh.channel.\(name)"
        #expect(try Shell.run(line).status == 0)
        let r = try Shell.run(line + " --mutant \(mutant)")
        #expect(r.status == 1 && r.out.contains("\(requirement) MUST"), "\(r.out)")
    }
    /// The test runs a small part, because a whole suite takes long in a debug build.
    @Test func oneSeedOneReport() throws {
        let line =
            "meshspec mutate nano --json --no-progress --profile v28 -P network=dev -P ledger=small -k 'says:nano.keepalive:*'"
        let one = try Shell.run(line + " -j 1")
        let two = try Shell.run(line + " -j 2")
        #expect(one.status == 0 && one.out == two.out && one.err.isEmpty)
        let report = try #require(JSON.parse(Array(one.out.utf8)))
        #expect(report["meshspec_mutations"] == .uint(1) && report["protocol"] == "nano")
        guard case .list(let outcomes)? = report["outcomes"] else {
            Issue.record("no outcomes")
            return
        }
        func fate(_ name: String) -> Value? { outcomes.first { $0["mutant"] == .text(name) }?["fate"] }
        #expect(fate("says:nano.keepalive:dropped") == "killed")
        // The coverage shows the measured score.
        let folder = try Folder()
        let path = try folder.write("mutants.json", Array(one.out.utf8))
        let coverage = try Shell.run("meshspec coverage --json -k NANO-24 --mutations '\(path)'")
        #expect(coverage.status == 0 && coverage.out.contains("\"mutants\":{\"wire\":{\"killed\":"))
        let page = try Shell.run(
            "meshspec run --simulate nano.handshake.keepalive --report html='\(folder.path)/p.html' --mutations '\(path)'"
        )
        #expect(page.status == 0 && folder.text("p.html").contains("\"wire "))
        let wrong = try Shell.run("echo '{}' > '\(folder.path)/x'; meshspec coverage --mutations '\(folder.path)/x'")
        #expect(wrong.failed(.invalidFile, "mutate --json"), "\(wrong.err)")
    }
    @Test func whatIsAskedFor() throws {
        let names = NearestName.choice(Registry.definitions.map(\.name))
        for (line, code, word) in [
            ("mutate", .missingArgument, names), ("mutate nanu", .unknownProtocol, "`nano`?"),
            ("mutate nano -k no.such.thing", .nothingSelected, "mutant"),
            ("mutate nano -P network=mars", .badValue, "-P network"),
            ("run --simulate --mutant says:nano.keepalive:droped", .unknownName, "did you mean"),
            ("run --target 127.0.0.1:7075 --mutant says:nano.keepalive:dropped", .notApplicable, "--mutant"),
            ("node nano --listen 127.0.0.1:0 --mutant says:rightmesh.hello:late", .unknownName, "--mutant"),
        ] as [(String, ErrorCode, String)] {
            let r = try Shell.run("meshspec " + line)
            #expect(r.failed(code, word), "\(line): \(r.err)")
        }
        let list = try Shell.run("meshspec mutate rightmesh --list")
        #expect(
            list.status == 0
                && list.lines.contains { $0.hasPrefix("says:rightmesh.hello.peers.records.hop:highest  RM-") })
        // Each mutant has a row.
        for name in ["nano", "rightmesh"] {
            let list = try Shell.run("meshspec mutate \(name) --list")
            #expect(list.lines.count > 3000 && !list.out.contains("  not assigned"), "\(name)")
        }
    }
    @Test func theLeastScore() throws {
        let line = "meshspec mutate nano --wire --no-progress --profile v28 -P network=dev -P ledger=small -k "
        #expect(try Shell.run(line + "says:nano.node_id_handshake:dropped --min-score 100").status == 0)
        // A suite without the cases about a requirement.
        let folder = try Folder()
        let some = try Shell.run(
            """
            mkdir '\(folder.path)/Spec' && cp -r Spec/nano '\(folder.path)/Spec' && rm $(grep -l NANO-79 '\(folder.path)'/Spec/nano/scenarios/*.yaml) \
            && meshspec mutate nano --spec '\(folder.path)/Spec' --node -k NANO-79 --profile v28 -P ledger=small -P network=dev --no-progress --min-score 95
            """)
        #expect(some.status == 1 && some.out.contains("node: MUST 0.0 % (0 of "), "\(some.out)")
    }
    /// A signal ends `mutate` even if the running cases would never end.
    @Test(arguments: [("INT", 130), ("TERM", 143)] as [(String, Int32)])
    func signalEndsMutateDuringEndlessCases(_ signal: String, _ status: Int32) throws {
        let folder = try Folder()
        let head = try Shell.run(
            "mkdir -p '\(folder.path)/Spec/nano/scenarios' && cp Spec/nano/*.yaml '\(folder.path)/Spec/nano/'")
        #expect(head.status == 0, "\(head.err)")
        for i in 0..<12 {
            let text = """
                meshspec: 1
                id: nano.endless.case-\(i)
                title: Something takes far too long
                protocol: nano
                covers: [NANO-16]
                actors:
                  peer: {role: ref}
                  node: {role: dut}
                steps:
                  - open: {from: peer, to: node, as: c}
                  - \(EndlessScenarioTests.loop)
                  - \(EndlessScenarioTests.proof)
                """
            _ = try folder.write("Spec/nano/scenarios/case-\(i).yaml", text)
        }
        let out = try Shell.run(
            """
            cd '\(folder.path)'; meshspec mutate nano --spec Spec --profile v28 -P network=dev -P ledger=small \
            -k 'says:nano.keepalive:*' >out 2>err & p=$!; for i in $(seq 500); do grep -q mutants err && break; sleep 0.02; done
            sleep 0.5; kill -\(signal) $p; { sleep 120; kill -KILL $p; } & w=$!; wait $p; s=$?; kill $w; exit $s
            """)
        #expect(out.status == status, "\(out.status) \(folder.text("err"))")
        #expect(folder.text("out").contains("mutants were not run."))
    }
    /// A mutant of a message that never occurs does not change the node, regardless of the segments that it receives.
    @Test(arguments: ["says", "hears"]) func whatNothingIsAlteredIsNoMutant(_ side: String) throws {
        for chop in ["", "--chop"] {
            let r = try Shell.run(
                "meshspec run --simulate --mutant \(side):nano.vote_relay_ack:dropped -k 'nano.handshake.* && !tag:slow' \(chop)"
            )
            #expect(
                r.status == 0 && r.out.contains("mutant \(side):nano.vote_relay_ack:dropped"), "\(r.err.suffix(800))")
        }
    }
    @Test func rowsAreChecked() throws {
        let folder = try Folder()
        let r = try Shell.run(
            """
            cp -r Spec '\(folder.path)/Spec' && cp -r Vectors '\(folder.path)/Vectors' && cd '\(folder.path)' \
            && sed -i 's/NANO-24, NANO-47/NANO-240/' \
            Spec/nano/mutations.yaml && printf '  - {says: nano.no.such, breaks: [NANO-24]}\n' >> Spec/nano/mutations.yaml \
            && meshspec check
            """)
        #expect(r.status == 3 && r.err.contains("nothing that a mutation can change matches `nano.no.such`"))
        #expect(r.err.contains("unknown requirement `NANO-240`"), "\(r.err)")
    }
}
