import Glibc
import TestThreads
import Testing

@testable import meshspec

/// An output file gets its name when it is complete. The commands do not follow a foreign link.
@Suite(.waits) struct WriterTests: RunsInAFolder {
    let folder: Folder
    init() throws { folder = try Folder() }

    func names(_ path: String = "") -> [String] { (try? Files.names(folder.path + "/" + path, hidden: true)) ?? [] }
    var reports: String { "junit=r/,tap=r/,sarif=r/,json=r/,html=r/" }

    @Test func untilItIsWhole() throws {
        let path = try folder.write("a", "old")
        chmod(path, 0o664)
        do {
            let new = try NewFile(path)
            #expect(Console.write(Array("new".utf8), to: new.descriptor) == nil)
            #expect(folder.text("a") == "old" && names().count == 2)
        }
        #expect(folder.text("a") == "old" && names() == ["a"])
        #expect(Files.write(Array("new".utf8), to: path) == nil)
        var s = stat()
        #expect(folder.text("a") == "new" && names() == ["a"] && stat(path, &s) == 0 && s.st_mode & 0o777 == 0o664)
    }
    /// The program uses no predictable temporary names. It replaces links and does not follow them.
    @Test func links() throws {
        let victim = try folder.write("victim", "mine")
        #expect(symlink(victim, folder.path + "/b") == 0 && symlink(victim, folder.path + "/b.new") == 0)
        #expect(Files.write([0x78], to: folder.path + "/b") == nil)
        #expect(folder.text("victim") == "mine" && folder.text("b") == "x")
        try bad("bad")
        #expect(symlink(victim, folder.path + "/r.tap") == 0)
        #expect(try run("bad.yaml --report tap=r.tap").status == 1)
        #expect(folder.text("victim") == "mine" && folder.text("r.tap").hasPrefix("TAP version 14\n"))
    }
    /// meshspec writes key logs and pipes in place. A symbolic link could lead the bytes to a file of another user.
    @Test func refusesSymbolicLinksToPipesDevicesAndKeyLogs() throws {
        let victim = try folder.write("victim", "mine")
        #expect(symlink(victim, folder.path + "/keys") == 0 && symlink("/dev/null", folder.path + "/device") == 0)
        #expect(mkfifo(folder.path + "/pipe", 0o600) == 0 && symlink(folder.path + "/pipe", folder.path + "/fifo") == 0)
        let why = "it is a symbolic link, which is not followed"
        for name in ["device", "fifo"] {
            #expect(throws: NewFile.Failure.self) { try Files.outlet(folder.path + "/" + name) }
        }
        #expect(throws: CommandError.self) { try KeyLogWriter(folder.path + "/keys") }
        #expect(throws: CommandError.self) { try KeyLogFile(folder.path + "/keys", grows: true) }
        // meshspec may follow the link of a key log that it reads once. Names of descriptors do not lead to other files.
        _ = try KeyLogFile(folder.path + "/keys")
        #expect(Files.openItself("/dev/stderr", O_WRONLY) > 2 && Files.openItself("/proc/self/fd/2", O_WRONLY) > 2)
        for (line, status) in [
            ("node websocket --listen 127.0.0.1:0 --tls --keylog keys --for 1ms", 4),
            ("extcap --capture --extcap-interface meshspec-lo --fifo fifo", 4),
            ("capture -i lo --keylog keys", 2),
        ] as [(String, Int32)] {
            let out = try shell("meshspec " + line)
            #expect(out.status == status && out.err.contains(why), "\(line): \(out.status) \(out.err)")
        }
        #expect(folder.text("victim") == "mine")
    }
    /// Another user puts a link in the place of a baseline before the baseline is written or updated.
    @Test func baselineOverALink() throws {
        let one = "nano.handshake.v2-signature"
        let made = try shell(
            "mkdir -p Spec/nano/scenarios && ln -s '\(Shell.package)'/Spec/nano/[!s]* '\(Shell.package)'/Spec/nano/suite.yaml Spec/nano/ && "
                + "ln -s '\(Shell.package)/Spec/nano/scenarios/\(one).yaml' Spec/nano/scenarios/")
        #expect(made.status == 0, "\(made.err)")
        func update(_ name: String) throws -> String {
            try shell(
                "meshspec run --spec Spec --protocol nano --simulate --bug bad-signature --baseline \(name) "
                    + "--update-baseline --no-progress"
            ).out
        }
        let victim = try folder.write("victim", "mine")
        for (name, end) in [("known.yaml", victim), ("dangling.yaml", folder.path + "/none")] {
            #expect(symlink(end, folder.path + "/" + name) == 0)
            let told = try update(name)
            #expect(folder.text("victim") == "mine" && access(folder.path + "/none", F_OK) != 0, "\(told)")
        }
        // An existing baseline is read through the link and then replaces the link.
        unlink(folder.path + "/known.yaml")
        let first = try update("real.yaml")
        let text = folder.text("real.yaml")
        #expect(text.contains(one), "\(first)")
        #expect(symlink(folder.path + "/real.yaml", folder.path + "/known.yaml") == 0)
        let again = try update("known.yaml")
        var s = stat()
        #expect(lstat(folder.path + "/known.yaml", &s) == 0 && s.st_mode & S_IFMT == S_IFREG, "\(again)")
        #expect(folder.text("real.yaml") == text && folder.text("known.yaml").contains(one))
    }
    /// Several runs write the same files. Each file is complete afterwards, and no other file remains.
    @Test func sideBySide() throws {
        try bad("bad")
        let one =
            "meshspec run --simulate bad.yaml --seed $i --repeat 20 --report \(reports) --evidence ev --no-progress"
        let line = "for i in 1 2 3 4; do \(one) >out$i 2>&1 & done; wait; cat out?"
        let r = try shell(line)
        #expect(!r.out.contains("cannot write"), "\(r.out)")
        #expect(names("r") == ["index.html", "junit.xml", "results.jsonl", "results.sarif", "results.tap"])
        let read = try shell("meshspec report r/results.jsonl")
        #expect(read.status == 1, "\(read.err)")
        #expect(folder.text("r/junit.xml").hasSuffix("</testsuites>\n"))
        let bundles = names("ev")
        #expect(bundles.count == 20 && !bundles.contains { $0.hasPrefix(".") })
        for b in bundles { #expect(names("ev/" + b).count == 6, "\(b)") }
    }
    /// Several tasks create one folder at once. Each of them succeeds.
    @Test func foldersSideBySide() async {
        for i in 0..<500 {
            let path = "\(folder.path)/\(i)/a/b"
            let problems = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<4 { group.addTask { Files.makeFolder(path) } }
                return await group.reduce(into: [String]()) { if let why = $1 { $0.append(why) } }
            }
            #expect(problems.isEmpty)
        }
    }
    /// A killed run leaves no report under its final name. Existing files remain, and later runs are not blocked.
    @Test func killed() throws {
        try scenario("slow", ["wait: 100s", "assert: $(1 == 1)\n    req: NANO-16"])
        _ = try folder.write("keep.tap", "before")
        let r = try shell(
            """
            meshspec run slow.yaml --report tap=keep.tap,junit=new.xml --no-progress & p=$!
            for i in $(seq 500); do ls -A | grep -q '^.keep.tap' && break; sleep 0.02; done; kill -9 $p; wait $p; ls
            """)
        #expect(r.out.contains("slow.yaml"))
        #expect(folder.text("keep.tap") == "before" && !names().contains("new.xml"))
    }
    /// A later run replaces the incomplete bundle of a killed run, regardless of the program that wrote it.
    @Test(arguments: [
        [], ["scenario.yaml"], ["scenario.yaml", "trace.ndjson"],
        ["trace.ndjson", "wire.pcapng", "ladder.svg", "replay.sh", "f.yaml"],
    ])
    func halfBundle(_ files: [String]) throws {
        try bad("bad")
        #expect(mkdir(folder.path + "/ev", 0o755) == 0 && mkdir(folder.path + "/ev/own.bad", 0o755) == 0)
        #expect(mkdir(folder.path + "/ev/.own.bad.0.new", 0o755) == 0)
        for f in files { _ = try folder.write("ev/own.bad/" + f, "") }
        let r = try run("bad.yaml --evidence ev")
        #expect(r.status == 1, "\(r.err)")
        #expect(names("ev") == ["own.bad"] && names("ev/own.bad").count == 6)
    }
    /// A pipe or a device receives the report directly.
    @Test func pipesAndDevices() throws {
        try bad("bad")
        let before = try shell("ls -l /dev/null /dev/stdout").out
        for format in ["tap", "junit", "sarif", "json"] {
            let start = ["tap": "TAP", "junit": "<?xml", "sarif": "{", "json": "{"][format] ?? ""
            for place in ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"] {
                let r = try shell("meshspec run --simulate bad.yaml -q --report \(format)=\(place)")
                #expect(
                    r.status == 1 && r.out.hasPrefix(start) && r.out.contains("own.bad"), "\(format) \(place): \(r.err)"
                )
                let piped = try shell("meshspec run --simulate bad.yaml -q --report \(format)=\(place) | cat")
                #expect(piped.out.hasPrefix(start) && piped.out.contains("own.bad"), "\(format) \(place)")
            }
            let fifo = try shell(
                "rm -f p; mkfifo p; cat p >got & meshspec run --simulate bad.yaml -q --report \(format)=p; s=$?; wait; exit $s"
            )
            #expect(fifo.status == 1 && folder.text("got").contains("own.bad"), "\(format)")
            #expect(try shell("meshspec run --simulate bad.yaml -q --report \(format)=/dev/null").status == 1)
            let full = try shell("meshspec run --simulate bad.yaml -q --report \(format)=/dev/full")
            #expect(
                full.failed(.cannotWrite, "/dev/full"), "\(format)")
        }
        #expect(try shell("ls -l /dev/null /dev/stdout").out == before)
    }

    // Files that are read.

    /// A file that another file names must have the expected kind. The report shows no word of its contents.
    @Test func usedFiles() throws {
        _ = try folder.write("shadow", "root:$6$secret:19000:0:99999:7:::\nbin:*:\n")
        try scenario("reads", ["use: \(folder.path)/shadow"])
        let r = try run("reads.yaml")
        #expect(r.status == 3 && r.err.contains("/shadow` is not a fragment"), "\(r.err)")
        #expect(!r.err.contains("root") && !r.err.contains("secret"))
        let target = "meshspec-target: 1\nprotocol: nano\naddress: 127.0.0.1:7\ncapabilities: shadow\n"
        _ = try folder.write("t.yaml", target)
        let caps = try shell("meshspec run -t t.yaml")
        #expect(caps.status == 3 && caps.err.contains("`shadow` is no capability file") && !caps.err.contains("root"))
        #expect(mkfifo(folder.path + "/fifo.yaml", 0o600) == 0)
        try scenario("hangs", ["use: fifo.yaml"])
        let fifo = try shell("timeout 20 meshspec run --simulate hangs.yaml")
        #expect(fifo.status == 3 && fifo.err.contains("the fragment `fifo.yaml` cannot be read"), "\(fifo.err)")
        // `check` skips it in a folder.
        #expect(try shell("timeout 20 meshspec check .").status == 3)
    }
    /// An endless file is not a results file.
    @Test func resultsWithoutEnd() throws {
        let r = try shell("timeout 60 meshspec report /dev/zero")
        #expect(
            r.failed(.invalidFile, "16 MiB"),
            "\(r.err)")
        // The same happens if there is no room for the whole input.
        let full = try Shell.run(
            """
            unshare -m sh -c 'mkdir \(folder.path)/tiny && mount -t tmpfs -o size=1m tmpfs \(folder.path)/tiny || exit 99; \
            TMPDIR=\(folder.path)/tiny timeout 60 meshspec report /dev/zero'
            """)
        guard full.status != 99, full.status != 1 else {
            return print("resultsWithoutEnd: this user may not mount, left out")
        }
        #expect(full.failed(.cannotWrite, "No space left"), "\(full.err)")
    }
}
